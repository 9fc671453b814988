import { clientKey } from '@infrarust/core'
import * as v from 'valibot'
import { countBy, isSession } from '../../proxy/sessions.ts'
import { limitsInForce } from '../limits-in-force.ts'
import type { LiveProxy } from '../live-proxy.ts'
import { dataVerb, type Sent } from '../verb.ts'

const near = v.object({
  /** Of the key that limits. */
  limit: v.string(),
  /** A client, or a server. */
  who: v.string(),
  count: v.number(),
  max: v.number(),
})

type Near = Sent<typeof near>

/** From this part of a limit on somebody is near it. */
const NEAR = 0.8
const MOST_REFUSED_CLIENTS = 100

/** What is enforced, and who will notice. */
export const verb = dataVerb({
  name: 'limits',
  method: 'GET',
  path: '/limits',
  summary: 'The limits in force, who is near them, and who was turned away in the last hour.',
  request: v.strictObject({}),
  result: v.object({
    /** In the names of the configuration; a number of 0 is a limit that is off. */
    limits: v.record(v.string(), v.number()),
    near: v.array(near),
    /** The latest first; kept while `[web]` is configured. */
    refused_clients: v.array(
      v.object({ client: v.string(), reason: v.string(), count: v.number(), last_at: v.string() }),
    ),
  }),
  run: (proxy: LiveProxy) => ({
    limits: Object.fromEntries(limitsInForce(proxy)),
    near: [...nearLimits(proxy)].filter(({ count, max }) => max > 0 && count >= max * NEAR),
    refused_clients: proxy.history.refusedClients
      .slice(0, MOST_REFUSED_CLIENTS)
      .map(({ lastAt, ...rest }) => ({ ...rest, last_at: new Date(lastAt).toISOString() })),
  }),
})

function* nearLimits(proxy: LiveProxy): Generator<Near> {
  const limits = new Map(limitsInForce(proxy))
  const live = proxy.gateway.live()
  const sessions = live.filter(isSession)
  yield { limit: 'max_connections', who: 'all', count: live.length, max: limits.get('max_connections') ?? 0 }
  const { ipv4Prefix, ipv6Prefix, maxConcurrent } = proxy.config().rateLimit
  const prefixes = { ipv4: ipv4Prefix, ipv6: ipv6Prefix }
  const byClient = countBy(sessions, ({ client }) => clientKey(client.address, prefixes))
  for (const [who, count] of byClient) yield { limit: 'rate_limit.max_concurrent', who, count, max: maxConcurrent }
  const byServer = countBy(sessions, ({ server }) => server)
  for (const { id, maxPlayers } of proxy.registry.servers)
    yield { limit: `${id}.max_players`, who: id, count: byServer.get(id) ?? 0, max: maxPlayers }
}
