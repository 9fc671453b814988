import type { GatewayChange } from '@infrarust/config-file'
import type { Logger } from 'pino'
import type { Reloaded } from '../live/reloads.ts'
import type { WithLog } from './log-keys.ts'
import type { Log } from './logger.ts'

/** Writes what came of a change of `infrarust.toml`, which may be about the log itself. */
export function logReload(log: Log, change: GatewayChange<WithLog>): void {
  const { logger } = log
  const before = logger.level
  if (change.kind === 'reloaded') log.use(change.config.log)
  const after = logger.level
  // The change of a level is told at the finer of the two, where somebody sees it.
  if (levelNumber(logger, before) < levelNumber(logger, after)) logger.level = before
  writeReload(logger, change)
  logger.level = after
}

/**
 * Writes in one line what came of a reload that somebody has asked for. Each change and each new mistake has a line of its
 * own by then.
 *
 * @param why begins the line
 */
export function logReloaded(logger: Logger, why: string, { changes, problems, need_restart }: Reloaded): void {
  const counts = { changes: changes.length, problems: problems.length, need_restart }
  const text = [
    changes.length === 0 ? 'nothing changed' : counted(changes.length, 'change'),
    ...(problems.length === 0
      ? []
      : [`${counted(problems.length, 'problem')}, as infrarust reload shows: ${problems[0]}`]),
    ...(need_restart.length === 0 ? [] : [`${need_restart.join(', ')} with the next start`]),
  ].join('; ')
  logger[problems.length === 0 ? 'info' : 'warn']({ event: 'reload', ...counts }, `${why}: read again: ${text}`)
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

function levelNumber(logger: Logger, level: string): number {
  return logger.levels.values[level] ?? 0
}

function writeReload(logger: Logger, change: GatewayChange): void {
  if (change.kind === 'refused') {
    for (const problem of change.problems) logger.error(`${problem} (the configuration stays as it was)`)
    return
  }
  if (change.changes.length === 0) logger.info('configuration read again: nothing changed')
  for (const line of change.changes) logger.info(`configuration changed: ${line}`)
  for (const key of change.needRestart) logger.warn(`configuration: ${key} changes with the next start`)
  for (const warning of change.warnings) logger.warn(warning)
}
