import { endpointText } from '@infrarust/core'
import * as v from 'valibot'
import { countBy, isSession } from '../../proxy/sessions.ts'
import type { LiveProxy } from '../live-proxy.ts'
import { placesOfServers } from '../place-of-server.ts'
import { dataVerb } from '../verb.ts'

/** What is served now. */
export const verb = dataVerb({
  name: 'servers.list',
  method: 'GET',
  path: '/servers',
  summary: 'The servers that are served, from all providers.',
  request: v.strictObject({}),
  result: v.array(
    v.object({
      id: v.string(),
      state: v.string(),
      maintenance: v.boolean(),
      provider: v.string(),
      /** `servers/survival.toml`, `container "lobby"` */
      source: v.string(),
      /** `servers/survival.toml:3:1`; null where it is in no file. */
      place: v.nullable(v.string()),
      domains: v.array(v.string()),
      /** Whether it has every domain that no other server has. */
      default: v.boolean(),
      addresses: v.array(v.string()),
      /** The version of the header that it is sent. */
      send_proxy_protocol: v.union([v.literal(false), v.literal(1), v.literal(2)]),
      sessions: v.number(),
    }),
  ),
  run({ gateway, registry, maintenance }: LiveProxy) {
    const places = placesOfServers({ registry })
    const sessions = countBy(gateway.live().filter(isSession), ({ server }) => server)
    return registry.servers.map(
      ({ id, state, provider, source, domains, isDefault, addresses, sendProxyProtocol }) => ({
        id,
        state,
        maintenance: maintenance.policy.isOn(id),
        provider,
        source,
        place: places.get(id) ?? null,
        domains,
        default: isDefault,
        addresses: addresses.map(endpointText),
        send_proxy_protocol: sendProxyProtocol,
        sessions: sessions.get(id) ?? 0,
      }),
    )
  },
})
