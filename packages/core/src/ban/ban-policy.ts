import type { SocketAddress } from '../addresses/socket-address.ts'
import type { PlayerFacts, Refusal } from '../policy/facts.ts'
import type { Policy } from '../policy/policy.ts'
import { type Ban, isInForce, refusalOf } from './ban.ts'
import type { Bans } from './ban-index.ts'

/**
 * Keeps banned clients out: by address before anything of the handshake is read, by name as soon as Login Start is, and by
 * UUID once a session server has vouched for it. The UUID in Login Start is never asked about: it is only claimed, and anybody
 * could get somebody else cut off with it. The names that a UUID was banned with stand for it where nobody vouches for a UUID,
 * and only there: a name may have another owner by now.
 *
 * @param now epoch milliseconds; a ban ends by this clock
 */
export function banPolicy(bans: Bans, now: () => number = Date.now): Policy<unknown> {
  return {
    name: 'bans',
    admitClient: ({ client }) => (bans.isEmpty ? undefined : refusal(bans.forClient(client.address, now()))),
    admitPlayer: (_, player) => (bans.isEmpty ? undefined : refusal(banOfPlayer(bans, player, now()))),
    recheck: ({ client }, player) => (bans.isEmpty ? undefined : refusalOfBanned(bans, client, player, now())),
  }
}

/** By all that is known of a connection. */
export function refusalOfBanned(
  bans: Bans,
  client: SocketAddress,
  player: PlayerFacts | undefined,
  now: number,
): Refusal | undefined {
  return refusal(bans.forClient(client.address, now) ?? (player && banOfPlayer(bans, player, now)))
}

function banOfPlayer(bans: Bans, { name, verified, isToBeVerified }: PlayerFacts, now: number): Ban | undefined {
  if (verified === undefined && isToBeVerified === undefined) return bans.forPlayer(name, now)
  const ofUuid = verified && bans.get({ type: 'uuid', value: verified.uuid })
  return [bans.get({ type: 'username', value: name }), ofUuid].find((ban) => ban !== undefined && isInForce(ban, now))
}

function refusal(ban: Ban | undefined): Refusal | undefined {
  return ban === undefined ? undefined : refusalOf(ban)
}
