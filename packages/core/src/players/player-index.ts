import { foldName } from '../text/player-name.ts'
import type { ListedPlayer } from './listed-player.ts'

/** Somebody who wants to join, as far as it is known who that is. */
export interface KnownPlayer {
  readonly name: string
  /** Canonical. Clients before 1.19 say none. */
  readonly uuid: string | undefined
  /**
   * Whether name and UUID have been authenticated. Where they have not, the client may claim any. `to-come`: a session server
   * is asked next, and then everything once more.
   */
  readonly proof: 'verified' | 'to-come' | 'none'
}

/** What a list of players is searched for. It says what a list is for, because a claim weighs differently: see each method. */
export class PlayerIndex {
  /** Of the entries that have nothing else. */
  readonly #names = new Set<string>()
  readonly #uuids = new Set<string>()
  readonly #profileNames = new Set<string>()
  readonly #profileUuids = new Set<string>()

  constructor(players: readonly ListedPlayer[]) {
    for (const player of players) this.#add(player)
  }

  /**
   * Whether a list of those who may join lets this player in. Of an entry with name and UUID the UUID counts where it is
   * verified, because a name can change hands. Where both are only claimed the name counts: a server that authenticates its
   * players does so by name, so nobody plays under a claimed one, but it never looks at the UUID that a client claims.
   */
  letsIn({ name, uuid, proof }: KnownPlayer): boolean {
    const folded = foldName(name)
    if (this.#names.has(folded)) return true
    // Any of these UUIDs may turn out to be the player's.
    if (proof === 'to-come') return this.#uuids.size > 0 || this.#profileUuids.size > 0
    if (this.#has(this.#uuids, uuid)) return true
    return proof === 'verified' ? this.#has(this.#profileUuids, uuid) : this.#profileNames.has(folded)
  }

  /**
   * Whether a list of those who may not join keeps this player out: of what is only claimed, either is enough, unless there will
   * be proof.
   */
  keepsOut(player: KnownPlayer): boolean {
    if (player.proof === 'to-come') return this.#names.has(foldName(player.name))
    return this.letsIn(player) || (player.proof === 'none' && this.#has(this.#profileUuids, player.uuid))
  }

  #has(uuids: ReadonlySet<string>, uuid: string | undefined): boolean {
    return uuid !== undefined && uuids.has(uuid)
  }

  #add(player: ListedPlayer): void {
    switch (player.kind) {
      case 'name':
        this.#names.add(foldName(player.name))
        break
      case 'uuid':
        this.#uuids.add(player.uuid)
        break
      case 'profile':
        this.#profileNames.add(foldName(player.name))
        this.#profileUuids.add(player.uuid)
        break
    }
  }
}
