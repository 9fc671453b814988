import type { ClientFacts, PlayerFacts, Policy, Refusal } from '../policy/policy.ts'
import { type Ban, refusalOf } from './ban.ts'
import type { Bans } from './ban-index.ts'

/**
 * Keeps banned clients out: by address before anything of the handshake is read, by name as soon as Login Start is.
 * The UUID in Login Start is never asked about: it is only claimed, and anybody could get somebody else cut off with it.
 *
 * @param now epoch milliseconds; a ban ends by this clock
 */
export function banPolicy(bans: Bans, now: () => number = Date.now): Policy {
  return {
    name: 'bans',
    admitClient: ({ client }) => refusal(bans.forClient(client.address, now())),
    admitPlayer: (_, player) => refusal(bans.forPlayer(player.name, now())),
    recheck({ client }: ClientFacts, player: PlayerFacts | undefined) {
      const ban = bans.forClient(client.address, now())
      if (ban !== undefined || player === undefined) return refusal(ban)
      return refusal(bans.forPlayer(player.name, now()))
    },
  }
}

function refusal(ban: Ban | undefined): Refusal | undefined {
  return ban === undefined ? undefined : refusalOf(ban)
}
