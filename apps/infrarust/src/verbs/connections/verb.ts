import * as v from 'valibot'
import { clientFilter } from '../client-filter.ts'
import { CONNECTION_RESULT, connectionJson } from '../connection.ts'
import { isCalled } from '../is-called.ts'
import type { LiveProxy } from '../live-proxy.ts'
import { dataVerb } from '../verb.ts'

/** Every connection of this moment. */
export const verb = dataVerb({
  name: 'connections.list',
  method: 'GET',
  path: '/connections',
  summary: 'The connections of this moment.',
  request: v.strictObject({
    server: v.optional(v.pipe(v.string(), v.description('Only those to this server.'))),
    client: v.optional(v.pipe(v.string(), v.description('Only those of this address or network.'))),
    name: v.optional(v.pipe(v.string(), v.description('Only those of the player of this name, in any case.'))),
  }),
  result: v.array(CONNECTION_RESULT),
  run({ gateway, transport }: LiveProxy, { server, client, name }) {
    const filter = client === undefined ? undefined : clientFilter(client)
    const now = transport.now()
    return gateway
      .live()
      .filter((connection) => server === undefined || connection.server === server)
      .filter((connection) => filter === undefined || filter.matches(connection.client.address))
      .filter((connection) => name === undefined || isCalled(connection, name))
      .map((connection) => connectionJson(connection, now))
  },
})
