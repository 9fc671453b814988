import * as v from 'valibot'
import { findServer } from '../find-server.ts'
import type { LiveProxy } from '../live-proxy.ts'
import { dataVerb } from '../verb.ts'

/** What `infrarust doctor` says of one server. */
export const verb = dataVerb({
  name: 'servers.doctor',
  method: 'POST',
  path: '/servers/:id/doctor',
  summary:
    'Dials the addresses of a server with and without headers, and says whether it gets the one that it expects. One that sleeps is not dialled.',
  request: v.strictObject({ id: v.string() }),
  result: v.object({
    id: v.string(),
    verdict: v.string(),
    send_proxy_protocol: v.union([v.literal(false), v.literal(1), v.literal(2)]),
    endpoints: v.array(v.unknown()),
    /** What to change, and where; null where nothing is wrong. */
    fix: v.nullable(v.string()),
  }),
  async run(proxy: LiveProxy, { id }) {
    const server = findServer(proxy, id)
    // Seldom wanted, and not small.
    const { asleep, diagnoseServer } = await import('../../doctor/diagnose.ts')
    if (proxy.power.isAsleep(id)) return asleep(server)
    const isHere = async (domain: string): Promise<boolean> =>
      proxy.gateway.live().some((connection) => connection.intent?.domain === domain)
    return await diagnoseServer(server, proxy.names, isHere)
  },
})
