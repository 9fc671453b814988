import { hashOf, type Link, ManyByKey } from '../collections/many-by-key.ts'

/** More at once than any one player makes. */
const MAX_AT_ONCE = 16

/** The dials of one player to one server that no byte of the server has answered yet. */
export interface OnesDials {
  readonly client: string
  readonly server: string
  count: number
  /** Whom the connections behind them came from: in a loop, who leads back here. No more than there are dials allowed. */
  readonly peers: string[]
}

/**
 * Notices servers that lead back to this proxy by way of others: a balancer, a published port, another proxy. A login goes
 * around such a loop as a new connection each time, with no byte of a backend for any of them. One client with one name on
 * its way to one server more than sixteen times at once is no player. The client's address is part of what is counted, so
 * that nobody shuts out somebody else by using his name.
 */
export class DialsUnderWay {
  /** By the player's name; only of those who are on their way now, so no more than there are connections. */
  readonly #dials = new ManyByKey<OnesDials>()

  /** One more dial; `end` it when it stands or is given up, also where it is one too many and was never made. */
  begin(client: string, player: string, server: string, peer: string): Link<OnesDials> {
    // Of the parts, one behind the other: to join them to one text costs more than all the rest.
    const hash = hashOf(client, hashOf(player))
    for (let known = this.#dials.first(hash); known !== undefined; known = known.next) {
      const dials = known.value
      if (known.key !== player || dials.client !== client || dials.server !== server) continue
      dials.count++
      if (dials.peers.length < MAX_AT_ONCE && !dials.peers.includes(peer)) dials.peers.push(peer)
      return known
    }
    return this.#dials.add(player, { client, server, count: 1, peers: [peer] }, hash)
  }

  end(place: Link<OnesDials>): void {
    place.value.count--
    if (place.value.count === 0) this.#dials.remove(place)
  }

  /** Of how many players and servers there are dials under way. */
  get size(): number {
    return this.#dials.size
  }
}

export function areTooMany({ value: { count } }: Link<OnesDials>): boolean {
  return count > MAX_AT_ONCE
}
