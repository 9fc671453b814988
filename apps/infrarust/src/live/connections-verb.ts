import type { Verb } from '../control/verb.ts'
import { textOption } from '../control/verbs/options.ts'
import { clientFilter } from './client-filter.ts'
import { connectionJson } from './connection-json.ts'
import { isCalled } from './is-called.ts'
import type { LiveProxy } from './live-proxy.ts'

/** Every connection of this moment, an item each; `server`, `client` and `name` leave out the others. */
export function connectionsVerb({ gateway, transport }: LiveProxy): Verb {
  return {
    name: 'connections',
    async *run({ options }) {
      const server = textOption(options, 'server')
      const client = textOption(options, 'client')
      const filter = client === undefined ? undefined : clientFilter(client)
      const name = textOption(options, 'name')
      const now = transport.now()
      for (const connection of gateway.live()) {
        if (server !== undefined && connection.server !== server) continue
        if (filter !== undefined && !filter.matches(connection.client.address)) continue
        if (name !== undefined && !isCalled(connection, name)) continue
        yield connectionJson(connection, now)
      }
    },
  }
}
