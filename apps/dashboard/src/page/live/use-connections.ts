import { useMemo, useRef } from 'preact/hooks'
import type { Connection } from '../api/answers.ts'
import type { ApiError } from '../api/api-error.ts'
import { type Rated, Rates } from '../model/rates.ts'
import { usePolled } from './use-polled.ts'

const EVERY_MS = 3_000

/** Every connection of this moment, with what moves on it. */
export function useConnections(): {
  readonly connections: readonly Rated[] | undefined
  readonly error: ApiError | undefined
  readonly again: () => void
} {
  const rates = useRef<Rates | null>(null)
  rates.current ??= new Rates()
  const { data, error, again } = usePolled<readonly Connection[]>('/connections', EVERY_MS)
  const connections = useMemo(() => data && rates.current?.rate(data, performance.now()), [data])
  return { connections, error, again }
}
