import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { ApiError } from '../api/api-error.ts'

/** What every view tells the frame around it, and is told. */
export interface Session {
  /** How the last question went: the frame shows whether the proxy is there, and signs out where the key is none any more. */
  readonly onAnswer: (error: ApiError | undefined) => void
  /** Whether the key of this tab may look and change nothing. */
  readonly isReadOnly: boolean
}

export const SessionContext = createContext<Session>({ onAnswer: () => {}, isReadOnly: false })

export function useSession(): Session {
  return useContext(SessionContext)
}
