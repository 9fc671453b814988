import * as v from 'valibot'
import type { LiveProxy } from '../live-proxy.ts'
import { dataVerb } from '../verb.ts'

/** The least important lines that are written. */
export const verb = dataVerb({
  name: 'log.level',
  method: 'GET',
  path: '/log/level',
  summary: 'The least important lines that are written to the log.',
  request: v.strictObject({}),
  result: v.object({ level: v.string() }),
  run: ({ logger }: LiveProxy) => ({ level: logger.level }),
})
