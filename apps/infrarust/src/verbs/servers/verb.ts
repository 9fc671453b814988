import { endpointText } from '@infrarust/core'
import * as v from 'valibot'
import { countBy, isSession } from '../../proxy/sessions.ts'
import type { LiveProxy } from '../live-proxy.ts'
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
      domains: v.array(v.string()),
      /** Whether it has every domain that no other server has. */
      default: v.boolean(),
      addresses: v.array(v.string()),
      sessions: v.number(),
    }),
  ),
  run({ gateway, registry, maintenance }: LiveProxy) {
    const sessions = countBy(gateway.live().filter(isSession), ({ server }) => server)
    return registry.servers.map(({ id, state, provider, domains, isDefault, addresses }) => ({
      id,
      state,
      maintenance: maintenance.policy.isOn(id),
      provider,
      domains,
      default: isDefault,
      addresses: addresses.map(endpointText),
      sessions: sessions.get(id) ?? 0,
    }))
  },
})
