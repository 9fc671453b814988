import type { Entry } from './entry.ts'

/**
 * Connections that have not completed their handshake, oldest first. The links are in the entries: a flood of mute
 * sockets passes through here, and finding the oldest must cost the same however many went before.
 */
export class WaitingList {
  #oldest: Entry | undefined
  #newest: Entry | undefined

  get oldest(): Entry | undefined {
    return this.#oldest
  }

  add(entry: Entry): void {
    entry.isWaiting = true
    entry.older = this.#newest
    if (this.#newest === undefined) this.#oldest = entry
    else this.#newest.newer = entry
    this.#newest = entry
  }

  /** Does nothing for one that is not in the list. */
  remove(entry: Entry): void {
    if (!entry.isWaiting) return
    entry.isWaiting = false
    if (entry.older === undefined) this.#oldest = entry.newer
    else entry.older.newer = entry.newer
    if (entry.newer === undefined) this.#newest = entry.older
    else entry.newer.older = entry.older
    entry.older = undefined
    entry.newer = undefined
  }
}
