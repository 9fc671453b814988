import type { GatewayChange } from '@infrarust/config-file'
import type { Logger } from 'pino'
import type { Log } from '../log/logger.ts'
import type { Part } from './part.ts'

/** Writes what came of a change of `infrarust.toml`, which may be about the log itself. */
export function changeLog(log: Pick<Log, 'logger' | 'use'>): Part {
  const { logger } = log
  return {
    readConfig(change) {
      const before = logger.level
      if (change.kind === 'reloaded') log.use(change.config.log)
      const after = logger.level
      // The change of a level is told at the finer of the two, where somebody sees it.
      if (levelNumber(logger, before) < levelNumber(logger, after)) logger.level = before
      write(logger, change)
      logger.level = after
    },
  }
}

function levelNumber(logger: Logger, level: string): number {
  return logger.levels.values[level] ?? 0
}

function write(logger: Logger, change: GatewayChange): void {
  if (change.kind === 'refused') {
    for (const problem of change.problems) logger.error(`${problem} (the configuration stays as it was)`)
    return
  }
  if (change.changes.length === 0) logger.info('configuration read again: nothing changed')
  for (const line of change.changes) logger.info(`configuration changed: ${line}`)
  for (const key of change.needRestart) logger.warn(`configuration: ${key} changes with the next start`)
  for (const warning of change.warnings) logger.warn(warning)
}
