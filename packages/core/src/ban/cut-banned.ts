import type { SocketAddress } from '../addresses/socket-address.ts'
import type { PlayerFacts, Refusal } from '../policy/facts.ts'
import { type Ban, isInForce } from './ban.ts'
import { BanIndex } from './ban-index.ts'
import { refusalOfBanned } from './ban-policy.ts'

/** The connections of a gateway. */
interface Connections {
  /** Ends each that there is a refusal for. @returns how many there were */
  cutEach(refusalFor: (who: Who) => Refusal | undefined): number
}

interface Who {
  readonly client: SocketAddress
  readonly player: PlayerFacts | undefined
}

/**
 * Ends the connections of those who have just been banned, in whatever phase they are.
 *
 * @param now epoch milliseconds
 * @returns how many connections there were
 */
export function cutBanned(gateway: Connections, added: readonly Ban[], now: number): number {
  const bans = new BanIndex()
  bans.add(added.filter((ban) => isInForce(ban, now)))
  if (bans.isEmpty) return 0
  return gateway.cutEach(({ client, player }) => refusalOfBanned(bans, client, player, now))
}
