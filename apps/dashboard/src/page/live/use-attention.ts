import type { Mark } from '../parts/state-mark.tsx'
import { usePolled } from './use-polled.ts'

/** Something that needs somebody. */
export interface Attention {
  readonly mark: Mark
  readonly word: string
  readonly text: string
  /** That it is about. */
  readonly server?: string
}

/** One of `/attention`. */
interface Finding {
  readonly level: 'error' | 'warn'
  readonly kind: string
  readonly text: string
  readonly server?: string
}

const EVERY_MS = 10_000

/** What needs somebody, the worst first; undefined until it is known. */
export function useAttention(): readonly Attention[] | undefined {
  const { data } = usePolled<readonly Finding[]>('/attention', EVERY_MS)
  return data?.map(({ level, kind, text, server }) => ({
    mark: level === 'error' ? 'bad' : 'warn',
    word: kind,
    text,
    ...(kind === 'server' && server !== undefined && { server }),
  }))
}
