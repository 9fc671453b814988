import { knownPlayer } from '../players/known-player.ts'
import type { PlayerIndex } from '../players/player-index.ts'
import { type PlayerFiles, PlayerLists } from '../players/player-lists.ts'
import type { ClientFacts, PlayerFacts, Refusal } from '../policy/facts.ts'
import type { Policy } from '../policy/policy.ts'
import type { PlayerFilteredServer } from './player-filter-keys.ts'

const FILTERED: Refusal = { reason: 'player_filtered' }

/** `[player_filter]` of a server: asked with the name, and again before a relay. A blacklist always wins. */
export class PlayerFilter implements Policy<PlayerFilteredServer> {
  readonly name = 'player filter'
  readonly #lists = new PlayerLists()
  readonly #files: PlayerFiles

  constructor(files: PlayerFiles) {
    this.#files = files
  }

  admitPlayer(_: ClientFacts, player: PlayerFacts, server: PlayerFilteredServer | undefined): Refusal | undefined {
    return server === undefined ? undefined : this.#judge(player, server)
  }

  /** A list may have changed while the server was waited for. */
  recheck(_: ClientFacts, player: PlayerFacts | undefined, server: PlayerFilteredServer): Refusal | undefined {
    return player === undefined ? undefined : this.#judge(player, server)
  }

  #judge(facts: PlayerFacts, { playerFilter }: PlayerFilteredServer): Refusal | undefined {
    const { whitelist, whitelistFile, blacklist, blacklistFile } = playerFilter
    const asksForWhitelist = whitelist.length > 0 || whitelistFile !== undefined
    if (!asksForWhitelist && blacklist.length === 0 && blacklistFile === undefined) return undefined
    const player = knownPlayer(facts)
    if (this.#listsOf(blacklist, blacklistFile).some((index) => index.keepsOut(player))) return FILTERED
    if (!asksForWhitelist) return undefined
    return this.#listsOf(whitelist, whitelistFile).some((index) => index.letsIn(player)) ? undefined : FILTERED
  }

  #listsOf(list: PlayerFilteredServer['playerFilter']['whitelist'], file: string | undefined): readonly PlayerIndex[] {
    const fromFile = file === undefined ? undefined : this.#files.of(file)
    const written = this.#lists.of(list)
    return fromFile === undefined ? [written] : [written, fromFile]
  }
}
