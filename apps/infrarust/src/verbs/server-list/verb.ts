import * as v from 'valibot'
import type { LiveProxy } from '../live-proxy.ts'
import { POWER_RESULT, powerJson } from '../power-fields.ts'
import { dataVerb } from '../verb.ts'

/** The servers that are started and stopped here. */
export const verb = dataVerb({
  name: 'servers.power',
  method: 'GET',
  path: '/servers/power',
  summary: 'The servers that are started and stopped by the proxy, with their state.',
  request: v.strictObject({}),
  result: v.array(POWER_RESULT),
  run: ({ power }: LiveProxy) => power.list().map(powerJson),
})
