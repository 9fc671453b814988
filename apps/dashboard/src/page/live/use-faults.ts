import type { Status } from '../api/answers.ts'
import { type Fault, type Finding, faultsOf } from '../model/faults-of.ts'
import { usePolled } from './use-polled.ts'

const EVERY_MS = 10_000

/** Where a header comes that nobody expects, or none where one is expected. */
export function useFaults(): readonly Fault[] {
  const { data: status } = usePolled<Status>('/status', EVERY_MS)
  const { data: findings } = usePolled<readonly Finding[]>('/attention', EVERY_MS)
  return faultsOf(status?.listeners ?? [], findings ?? [])
}
