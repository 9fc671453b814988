import * as v from 'valibot'
import { isCalled } from '../is-called.ts'
import type { LiveProxy } from '../live-proxy.ts'
import { PLAYER_RESULT, players } from '../player-fields.ts'
import { dataVerb } from '../verb.ts'
import { VerbError } from '../verb-error.ts'

/** One player by name. */
export const verb = dataVerb({
  name: 'players.get',
  method: 'GET',
  path: '/players/:name',
  summary: 'The player of this name, in any case.',
  request: v.strictObject({ name: v.string() }),
  result: PLAYER_RESULT,
  run({ gateway, transport }: LiveProxy, { name }) {
    const called = gateway.live().filter((connection) => isCalled(connection, name))
    const [player] = players(called, transport.now())
    if (player === undefined) throw new VerbError('not_found', `no player of the name ${name} is in a session`)
    return player
  },
})
