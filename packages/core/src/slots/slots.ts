import type { ClientFacts, PlayerFacts, Refusal } from '../policy/facts.ts'
import type { Policy } from '../policy/policy.ts'
import type { AccessRecord } from '../record/access-record.ts'
import { ConnectionMap } from '../transport/connection-map.ts'
import type { ServerWithSlots } from './slots-keys.ts'

const FULL: Refusal = { reason: 'full' }

/**
 * `max_players` of each server. A player has a slot from Login Start on, so that two who come at once cannot both take the
 * last one, until the connection is over, whatever became of it. The last policy of all: who is refused takes no slot.
 */
export class Slots implements Policy<ServerWithSlots> {
  readonly name = 'slots'
  readonly #isAsleep: (serverId: string) => boolean
  readonly #servers = new Map<string, OnServer>()
  readonly #players = new ConnectionMap<OnServer>()

  /** @param isAsleep whether players of a server wait until it is up; who waits has no slot yet, and is asked again then */
  constructor(isAsleep: (serverId: string) => boolean = () => false) {
    this.#isAsleep = isAsleep
  }

  /** Players on a server, those on their way in included. */
  taken(serverId: string): number {
    return this.#servers.get(serverId)?.taken ?? 0
  }

  admitPlayer({ id }: ClientFacts, _: PlayerFacts, server: ServerWithSlots | undefined): Refusal | undefined {
    // A server that is starting or offline is only answered for.
    if (server === undefined || server.state !== 'online' || this.#players.get(id) !== undefined) return undefined
    if (this.#isAsleep(server.id)) return undefined
    const known = this.#servers.get(server.id)
    if (server.maxPlayers > 0 && (known?.taken ?? 0) >= server.maxPlayers) return FULL
    // Counted without a limit too: one that is set while the proxy runs finds the players who are there.
    const players = known ?? { id: server.id, taken: 0 }
    if (known === undefined) this.#servers.set(server.id, players)
    players.taken++
    this.#players.set(id, players)
    return undefined
  }

  released({ id }: ClientFacts, _: AccessRecord): void {
    const players = this.#players.get(id)
    if (players === undefined) return
    this.#players.delete(id)
    if (--players.taken === 0) this.#servers.delete(players.id)
  }
}

interface OnServer {
  readonly id: string
  taken: number
}
