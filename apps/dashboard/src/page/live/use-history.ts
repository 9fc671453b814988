import { useMemo } from 'preact/hooks'
import { type History, historyOf, type Minute } from '../model/history-of.ts'
import { usePolled } from './use-polled.ts'

const EVERY_MS = 10_000

/** What the proxy remembers of the last hour; undefined until it is known. */
export function useHistory(): History | undefined {
  const { data } = usePolled<readonly Minute[]>('/stats/history', EVERY_MS)
  return useMemo(() => data && historyOf(data), [data])
}
