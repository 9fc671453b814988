import { ControlError } from '../control/control-error.ts'
import type { Verb } from '../control/verb.ts'
import { textOption } from '../control/verbs/options.ts'
import { LOG_LEVELS } from '../options.ts'
import type { LiveProxy } from './live-proxy.ts'

/** The level of the log, and what it was: until the configuration is read with another one, or the next start. */
export function logLevelVerb({ logger }: LiveProxy): Verb {
  return {
    name: 'log.level',
    async *run({ options }) {
      const written = textOption(options, 'level')
      const before = logger.level
      if (written !== undefined) {
        const level = LOG_LEVELS.find((each) => each === written)
        if (level === undefined)
          throw new ControlError('refused', `"${written}" is no level; write ${LOG_LEVELS.join(', ')}`)
        logger.level = level
      }
      yield { level: logger.level, before }
    },
  }
}
