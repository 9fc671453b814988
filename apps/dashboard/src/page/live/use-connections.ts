import { useMemo, useRef } from 'preact/hooks'
import type { Connection } from '../api/answers.ts'
import type { ApiError } from '../api/api-error.ts'
import { paceMs } from '../model/pace.ts'
import { type Rated, Rates } from '../model/rates.ts'
import { usePolled } from './use-polled.ts'

const paceOf = (connections: readonly Connection[]): number => paceMs(connections.length)

/** Every connection of this moment, with what moves on it; the more there are, the more seldom they are asked for. */
export function useConnections(): {
  readonly connections: readonly Rated[] | undefined
  readonly error: ApiError | undefined
  readonly again: () => void
} {
  const rates = useRef<Rates | null>(null)
  rates.current ??= new Rates()
  const { data, error, again } = usePolled<readonly Connection[]>('/connections', paceOf)
  const connections = useMemo(() => data && rates.current?.rate(data, performance.now()), [data])
  return { connections, error, again }
}
