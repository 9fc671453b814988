import * as v from 'valibot'
import type { LiveProxy } from '../live-proxy.ts'
import { LOG_FIELDS, LOG_LINE, wantedLine } from '../log-lines.ts'
import { dataVerb } from '../verb.ts'

/** The last lines of the log. */
export const verb = dataVerb({
  name: 'logs.history',
  method: 'GET',
  path: '/logs/history',
  summary: 'The last lines of the log, the oldest first; kept while [web] is configured.',
  request: v.strictObject(LOG_FIELDS),
  result: v.array(LOG_LINE),
  run: ({ recentLog }: LiveProxy, wanted) =>
    recentLog.lines.map((json) => wantedLine(json, wanted)).filter((line) => line !== undefined),
})
