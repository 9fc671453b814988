import * as v from 'valibot'
import { isSession } from '../../proxy/sessions.ts'
import { version } from '../../version.ts'
import type { LiveProxy } from '../live-proxy.ts'
import { dataVerb } from '../verb.ts'

/** The figures of this moment. */
export const verb = dataVerb({
  name: 'stats',
  method: 'GET',
  path: '/stats',
  summary: 'The figures of this moment.',
  request: v.strictObject({}),
  result: v.object({
    version: v.string(),
    transport: v.string(),
    uptime_seconds: v.number(),
    connections: v.number(),
    sessions: v.number(),
    servers: v.number(),
    bans: v.number(),
    memory_bytes: v.number(),
  }),
  run({ gateway, registry, bans, transport, startedAt }: LiveProxy) {
    const live = gateway.live()
    return {
      version: version(),
      transport: transport.kind,
      uptime_seconds: Math.floor((Date.now() - startedAt) / 1_000),
      connections: live.length,
      sessions: live.filter(isSession).length,
      servers: registry.servers.length,
      bans: bans.bans.list(Date.now()).length,
      memory_bytes: process.memoryUsage.rss(),
    }
  },
})
