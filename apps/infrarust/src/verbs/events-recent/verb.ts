import * as v from 'valibot'
import { AT, ENDED_FIELDS, PROXY_EVENT } from '../../events/proxy-event.ts'
import { endOf } from '../../parts/event-sources.ts'
import type { EndedConnection } from '../../parts/history.ts'
import type { LiveProxy } from '../live-proxy.ts'
import { dataVerb, type Sent } from '../verb.ts'

const { id: _, ...ENDED } = ENDED_FIELDS

/** An event without what only a living connection has. */
const recent = v.union([
  ...PROXY_EVENT.options.filter(({ entries }) => !('listener' in entries)),
  v.object({ kind: v.picklist(['connection.refused', 'connection.closed']), ...AT, ...ENDED }),
])

/** What happened last. */
export const verb = dataVerb({
  name: 'events.recent',
  method: 'GET',
  path: '/events/recent',
  summary: 'The last hundred events, the latest first; kept while [web] is configured.',
  request: v.strictObject({}),
  result: v.array(recent),
  run: ({ history }: LiveProxy) => history.recent.map((event) => (event.kind === undefined ? ended(event) : event)),
})

function ended({ record, isRefusal, at }: EndedConnection): Sent<typeof recent> {
  const { listener, client, peer, intent, domain, player, server, endpoint } = record
  return {
    kind: isRefusal ? 'connection.refused' : 'connection.closed',
    at: new Date(at).toISOString(),
    listener,
    client,
    peer,
    ...(intent !== undefined && { intent }),
    ...(domain !== undefined && { domain }),
    ...(player !== undefined && { player }),
    ...(server !== undefined && { server }),
    ...(endpoint !== undefined && { endpoint }),
    ...endOf(record),
  }
}
