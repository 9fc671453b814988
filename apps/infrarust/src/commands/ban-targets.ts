import { parseBanTarget } from '@infrarust/core'
import { complain } from './ban-call.ts'

/** Whether all of them can be banned; each that cannot is told, and then none should be. */
export function areTargets(written: readonly string[]): boolean {
  const invalid = written.map(parseBanTarget).filter((parsed) => parsed.kind === 'invalid')
  for (const { message } of invalid) complain(message)
  return invalid.length === 0
}
