import type { GatewayChange } from '@infrarust/config-file'
import type { Logger } from 'pino'

/** What came of a change of `infrarust.toml`. */
export function logReload(logger: Logger, change: GatewayChange): void {
  if (change.kind === 'refused') {
    for (const problem of change.problems) logger.error(`${problem} (the configuration stays as it was)`)
    return
  }
  if (change.changes.length === 0) logger.info('configuration read again: nothing changed')
  for (const line of change.changes) logger.info(`configuration changed: ${line}`)
  for (const key of change.needRestart) logger.warn(`configuration: ${key} changes with the next start`)
  for (const warning of change.warnings) logger.warn(warning)
}
