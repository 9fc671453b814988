import * as v from 'valibot'
import type { LiveProxy } from './live-proxy.ts'
import { managedServer, POWER_RESULT, powerJson, SERVER_ID } from './power-fields.ts'
import { dataVerb } from './verb.ts'

export type OrderVerb = ReturnType<typeof orderVerb>

/** Orders a server to start or to stop. It gives what the server is when the order is taken; the rest shows in its state. */
export function orderVerb(wants: 'start' | 'stop', summary: string) {
  return dataVerb({
    name: `servers.${wants}`,
    method: 'POST',
    path: `/servers/:id/${wants}`,
    summary,
    request: v.strictObject({ id: SERVER_ID }),
    result: POWER_RESULT,
    run(proxy: LiveProxy, { id }) {
      managedServer(id, proxy)
      proxy.power.operator(id, wants)
      return powerJson(managedServer(id, proxy))
    },
  })
}
