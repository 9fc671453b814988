import { endpointText } from '@infrarust/core'
import * as v from 'valibot'
import { isSession } from '../../proxy/sessions.ts'
import { findServer } from '../find-server.ts'
import type { LiveProxy } from '../live-proxy.ts'
import { placesOfServers } from '../place-of-server.ts'
import { dataVerb } from '../verb.ts'

/** One server with all that is known of it. */
export const verb = dataVerb({
  name: 'servers.get',
  method: 'GET',
  path: '/servers/:id',
  summary: 'One server: where it comes from, its addresses and how they answer, its players and what is wrong with it.',
  request: v.strictObject({ id: v.string() }),
  result: v.object({
    id: v.string(),
    name: v.nullable(v.string()),
    state: v.string(),
    maintenance: v.boolean(),
    provider: v.string(),
    /** `servers/survival.toml`, `container "lobby"` */
    source: v.string(),
    /** `servers/survival.toml:3:1`; null where it is in no file. */
    place: v.nullable(v.string()),
    domains: v.array(v.string()),
    default: v.boolean(),
    proxy_mode: v.string(),
    send_proxy_protocol: v.union([v.literal(false), v.literal(1), v.literal(2)]),
    /** 0: no limit. */
    max_players: v.number(),
    sessions: v.number(),
    addresses: v.array(
      v.object({
        address: v.string(),
        sessions: v.number(),
        /** It did not answer a connect, and is dialled behind the others until then; null where that is not so. */
        retry_in_ms: v.nullable(v.number()),
      }),
    ),
    players: v.array(v.string()),
    /** Other servers that claim the same, a line each. */
    conflicts: v.array(v.string()),
    /** Why its connections keep ending at once, and what to change; null where they do not. */
    mismatch: v.nullable(v.object({ verdict: v.string(), fix: v.nullable(v.string()) })),
  }),
  run(proxy: LiveProxy, { id }) {
    const server = findServer(proxy, id)
    const sessions = proxy.gateway.live().filter((connection) => connection.server === id && isSession(connection))
    const slow = new Map(proxy.gateway.slowEndpoints().map(({ endpoint, retryInMs }) => [endpoint, retryInMs]))
    const mismatch = proxy.mismatches.found.find((diagnosis) => diagnosis.id === id)
    return {
      id,
      name: server.name ?? null,
      state: server.state,
      maintenance: proxy.maintenance.policy.isOn(id),
      provider: server.provider,
      source: server.source,
      place: placesOfServers(proxy).get(id) ?? null,
      domains: server.domains,
      default: server.isDefault,
      proxy_mode: server.proxyMode,
      send_proxy_protocol: server.sendProxyProtocol,
      max_players: server.maxPlayers,
      sessions: sessions.length,
      addresses: server.addresses.map((each) => {
        const address = endpointText(each)
        return {
          address,
          sessions: sessions.filter(({ endpoint }) => endpoint === address).length,
          retry_in_ms: slow.get(address) ?? null,
        }
      }),
      players: sessions.flatMap(({ player }) => player?.name ?? []),
      conflicts: proxy.registry
        .status()
        .flatMap(({ conflicts }) => conflicts)
        .filter((line, index, all) => line.includes(`"${id}"`) && all.indexOf(line) === index),
      mismatch: mismatch === undefined ? null : { verdict: mismatch.verdict, fix: mismatch.fix },
    }
  },
})
