import * as v from 'valibot'
import type { LiveProxy } from '../live-proxy.ts'
import { dataVerb } from '../verb.ts'

/** The last hour. */
export const verb = dataVerb({
  name: 'stats.history',
  method: 'GET',
  path: '/stats/history',
  summary: 'The last hour by minutes, the oldest first; kept in memory while [web] is configured.',
  request: v.strictObject({}),
  result: v.array(
    v.object({
      /** The begin of the minute. */
      at: v.string(),
      /** The most at once. */
      sessions: v.number(),
      connections: v.number(),
      /** Sessions that ended in it. */
      logins: v.number(),
      pings: v.number(),
      /** By reason. */
      refusals: v.record(v.string(), v.number()),
      bytes_in: v.number(),
      bytes_out: v.number(),
      event_loop_delay_ms: v.number(),
    }),
  ),
  run: ({ history }: LiveProxy) =>
    history.minutes.map(
      ({ at, sessions, connections, logins, pings, refusals, bytesIn, bytesOut, eventLoopDelayMs }) => ({
        at: new Date(at).toISOString(),
        sessions,
        connections,
        logins,
        pings,
        refusals: Object.fromEntries(refusals),
        bytes_in: bytesIn,
        bytes_out: bytesOut,
        event_loop_delay_ms: eventLoopDelayMs,
      }),
    ),
})
