import * as v from 'valibot'
import { CONNECTION_RESULT } from '../connection.ts'
import { isCalled } from '../is-called.ts'
import { kick, REASON_FIELD } from '../kicked.ts'
import type { LiveProxy } from '../live-proxy.ts'
import { dataVerb } from '../verb.ts'

/** Ends the connections of a player, whatever the name looks like. */
export const verb = dataVerb({
  name: 'players.kick',
  method: 'POST',
  path: '/players/:name/kick',
  summary: 'End the connections of the player of this name, in any case.',
  request: v.strictObject({ name: v.string(), reason: REASON_FIELD }),
  result: v.array(CONNECTION_RESULT),
  run(proxy: LiveProxy, { name, reason }) {
    const called = proxy.gateway.live().filter((connection) => isCalled(connection, name))
    return kick(proxy, called, name, reason)
  },
})
