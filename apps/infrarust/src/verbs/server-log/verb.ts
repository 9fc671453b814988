import { thrownText } from '@infrarust/core/provider'
import * as v from 'valibot'
import type { LiveProxy } from '../live-proxy.ts'
import { managedServer, SERVER_ID } from '../power-fields.ts'
import { dataVerb } from '../verb.ts'
import { VerbError } from '../verb-error.ts'

/** The last lines that a server wrote. */
export const verb = dataVerb({
  name: 'servers.log',
  method: 'GET',
  path: '/servers/:id/log',
  summary: 'The last lines that a server wrote: one that the proxy runs itself, or a container.',
  request: v.strictObject({ id: SERVER_ID }),
  result: v.object({ id: v.string(), lines: v.array(v.string()) }),
  async run(proxy: LiveProxy, { id }) {
    const { type } = managedServer(id, proxy)
    const lines = await proxy.power.log(id).catch((error: unknown) => {
      throw new VerbError('unavailable', `server "${id}" cannot be asked for its lines: ${thrownText(error)}`)
    })
    if (lines === undefined)
      throw new VerbError('not_found', `server "${id}" has type = "${type}": what it writes is not kept here`)
    return { id, lines: [...lines] }
  },
})
