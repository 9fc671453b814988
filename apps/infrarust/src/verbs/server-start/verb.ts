import * as v from 'valibot'
import type { LiveProxy } from '../live-proxy.ts'
import { managedServer, POWER_RESULT, powerJson, SERVER_ID } from '../power-fields.ts'
import { dataVerb } from '../verb.ts'

/** What it is when the order is taken; the rest shows in its state. */
export const verb = dataVerb({
  name: 'servers.start',
  method: 'POST',
  path: '/servers/:id/start',
  summary: 'Start a server that sleeps.',
  request: v.strictObject({ id: SERVER_ID }),
  result: POWER_RESULT,
  run(proxy: LiveProxy, { id }) {
    managedServer(id, proxy)
    proxy.power.operator(id, 'start')
    return powerJson(managedServer(id, proxy))
  },
})
