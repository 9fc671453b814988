import { usePolled } from './use-polled.ts'

/** The last hour, one value of each for each time. */
export interface History {
  /** Epoch milliseconds. */
  readonly times: readonly number[]
  readonly sessions: readonly number[]
  readonly loginsPerMinute: readonly number[]
  readonly refusalsPerMinute: Readonly<Record<string, readonly number[]>>
  readonly bytesInPerSecond: readonly number[]
  readonly bytesOutPerSecond: readonly number[]
  readonly eventLoopDelayMs: readonly number[]
  readonly memoryBytes: readonly number[]
}

/** What the proxy remembers of the last hour. */
export function useHistory(): History | undefined {
  const { data } = usePolled<History>('/stats/history', 10_000)
  return data
}
