import * as v from 'valibot'
import { LOG_LEVELS } from '../../options.ts'
import type { LiveProxy } from '../live-proxy.ts'
import { dataVerb } from '../verb.ts'

const level = v.pipe(
  v.string(),
  v.picklist(LOG_LEVELS, ({ input }) => `"${String(input)}" is no level; write ${LOG_LEVELS.join(', ')}`),
)

/** Another level: until the configuration is read with another one, or the next start. */
export const verb = dataVerb({
  name: 'log.setLevel',
  method: 'PUT',
  path: '/log/level',
  summary: 'Have more or fewer lines written to the log, until the configuration changes it or the next start.',
  request: v.strictObject({ level }),
  result: v.object({ level: v.string(), before: v.string() }),
  run({ logger }: LiveProxy, request) {
    const before = logger.level
    logger.level = request.level
    return { level: logger.level, before }
  },
})
