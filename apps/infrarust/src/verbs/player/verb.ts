import * as v from 'valibot'
import { isCalled } from '../is-called.ts'
import type { LiveProxy } from '../live-proxy.ts'
import { PLAYER_RESULT, players } from '../player-fields.ts'
import { dataVerb } from '../verb.ts'
import { VerbError } from '../verb-error.ts'

/** One player: by name, and where nobody is called so by the other things that `GET /players` tells them apart by. */
export const verb = dataVerb({
  name: 'players.get',
  method: 'GET',
  path: '/players/:name',
  summary: 'The player of this name, in any case, of this UUID or of this id.',
  request: v.strictObject({ name: v.string() }),
  result: PLAYER_RESULT,
  run({ gateway, transport }: LiveProxy, { name }) {
    const live = gateway.live()
    const now = transport.now()
    const [called] = players(
      live.filter((connection) => isCalled(connection, name)),
      now,
    )
    const wanted = name.toLowerCase()
    const player = called ?? players(live, now).find(({ id, uuid }) => uuid === wanted || String(id) === wanted)
    if (player === undefined) throw new VerbError('not_found', `no player of the name ${name} is in a session`)
    return player
  },
})
