import type { ListedPlayer } from './listed-player.ts'
import { PlayerIndex } from './player-index.ts'

/** Lists of players from files, by the path that the configuration has for them. Asked for each login. */
export interface PlayerFiles {
  /** Undefined for a file that nobody has read yet: nobody is on it. */
  of(path: string): PlayerIndex | undefined
}

/** Lists of the configuration made searchable, each once: a list is searched for as long as its configuration is in force. */
export class PlayerLists {
  readonly #indexes = new WeakMap<readonly ListedPlayer[], PlayerIndex>()

  of(list: readonly ListedPlayer[]): PlayerIndex {
    const known = this.#indexes.get(list)
    if (known !== undefined) return known
    const index = new PlayerIndex(list)
    this.#indexes.set(list, index)
    return index
  }
}
