import * as v from 'valibot'
import { version } from '../../version.ts'
import type { LiveProxy } from '../live-proxy.ts'
import { dataVerb } from '../verb.ts'

/** Whether it is there: what a monitor asks, without a key. */
export const verb = dataVerb({
  name: 'health',
  method: 'GET',
  path: '/health',
  summary: 'Whether the proxy is there.',
  access: 'public',
  request: v.strictObject({}),
  result: v.object({ status: v.literal('ok'), version: v.string(), uptime_seconds: v.number() }),
  run: ({ startedAt }: Pick<LiveProxy, 'startedAt'>) => ({
    status: 'ok' as const,
    version: version(),
    uptime_seconds: Math.floor((Date.now() - startedAt) / 1_000),
  }),
})
