/** The place of an entry in a list. Its owner keeps it, to take the entry out again. */
export interface Place<OpenConnection> {
  readonly entry: OpenConnection
  older: Place<OpenConnection> | undefined
  newer: Place<OpenConnection> | undefined
}

/**
 * Entries, oldest first. A flood of mute sockets passes through here: coming, going and finding the oldest cost the same
 * however many there are and however many went before.
 */
export class AgeList<OpenConnection> {
  #oldest: Place<OpenConnection> | undefined
  #newest: Place<OpenConnection> | undefined
  #size = 0

  get oldest(): OpenConnection | undefined {
    return this.#oldest?.entry
  }

  get size(): number {
    return this.#size
  }

  add(entry: OpenConnection): Place<OpenConnection> {
    const place: Place<OpenConnection> = { entry, older: this.#newest, newer: undefined }
    if (this.#newest === undefined) this.#oldest = place
    else this.#newest.newer = place
    this.#newest = place
    this.#size++
    return place
  }

  /** Takes out what `add` gave; once. */
  remove(place: Place<OpenConnection>): void {
    const { older, newer } = place
    if (older === undefined) this.#oldest = newer
    else older.newer = newer
    if (newer === undefined) this.#newest = older
    else newer.older = older
    place.older = undefined
    place.newer = undefined
    this.#size--
  }
}
