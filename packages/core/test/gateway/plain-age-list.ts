interface Place<Entry> {
  readonly entry: Entry
}

/** What `AgeList` does, in the plainest way: a `Set` keeps the order in which things came. */
export class PlainAgeList<Entry> {
  readonly #places = new Set<Place<Entry>>()

  get oldest(): Entry | undefined {
    for (const { entry } of this.#places) return entry
    return undefined
  }

  get size(): number {
    return this.#places.size
  }

  add(entry: Entry): Place<Entry> {
    const place = { entry }
    this.#places.add(place)
    return place
  }

  remove(place: Place<Entry>): void {
    this.#places.delete(place)
  }
}
