import type { Logger } from 'pino'
import type { Diagnosis } from '../doctor/diagnose.ts'

/** The one hint about a server that is sent a header and does not expect it, or the other way round. */
export function logMismatch(logger: Logger, { id, verdict, fix }: Diagnosis): void {
  logger.warn(
    { event: 'mismatch', server: id, verdict },
    `connections to server "${id}" keep ending at once (${verdict}): ${fix}`,
  )
}
