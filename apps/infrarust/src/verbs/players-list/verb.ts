import * as v from 'valibot'
import type { LiveProxy } from '../live-proxy.ts'
import { PLAYER_RESULT, players } from '../player-fields.ts'
import { dataVerb } from '../verb.ts'

/** Who plays. */
export const verb = dataVerb({
  name: 'players.list',
  method: 'GET',
  path: '/players',
  summary: 'Who plays, and on which server.',
  request: v.strictObject({
    server: v.optional(v.pipe(v.string(), v.description('Only those on this server.'))),
  }),
  result: v.array(PLAYER_RESULT),
  run: ({ gateway, transport }: LiveProxy, { server }) =>
    players(gateway.live(), transport.now()).filter((player) => server === undefined || player.server === server),
})
