import type { Server } from '../config/server.ts'
import type { AccessRecord } from '../connection/record.ts'
import type { ClientFacts, PlayerFacts, Policy, Refusal } from '../policy/policy.ts'
import { ConnectionMap } from '../transport/connection-map.ts'

const FULL: Refusal = { reason: 'full' }

/**
 * `max_players` of each server. A player has a slot from Login Start on, so that two who come at once cannot both take the
 * last one, until the connection is over, whatever became of it. The last policy of all: who is refused takes no slot.
 */
export class Slots implements Policy {
  readonly name = 'slots'
  readonly #taken = new Map<string, number>()
  readonly #players = new ConnectionMap<string>()

  /** Players on a server, those on their way in included. */
  taken(serverId: string): number {
    return this.#taken.get(serverId) ?? 0
  }

  admitPlayer({ id }: ClientFacts, _: PlayerFacts, server: Server | undefined): Refusal | undefined {
    // A server that is starting or offline is only answered for.
    if (server === undefined || server.state !== 'online' || this.#players.get(id) !== undefined) return undefined
    const taken = this.taken(server.id)
    if (server.maxPlayers > 0 && taken >= server.maxPlayers) return FULL
    // Counted without a limit too: one that is set while the proxy runs finds the players who are there.
    this.#taken.set(server.id, taken + 1)
    this.#players.set(id, server.id)
    return undefined
  }

  released({ id }: ClientFacts, _: AccessRecord): void {
    const serverId = this.#players.get(id)
    if (serverId === undefined) return
    this.#players.delete(id)
    const left = this.taken(serverId) - 1
    if (left > 0) this.#taken.set(serverId, left)
    else this.#taken.delete(serverId)
  }
}
