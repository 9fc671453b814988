interface Place<Value> {
  readonly key: string
  readonly value: Value
}

/** What `ManyByKey` does, in the plainest way. */
export class PlainManyByKey<Value> {
  readonly #places = new Map<string, Set<Place<Value>>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  add(key: string, value: Value): Place<Value> {
    const place = { key, value }
    const others = this.#places.get(key)
    if (others === undefined) this.#places.set(key, new Set([place]))
    else others.add(place)
    this.#size++
    return place
  }

  remove(place: Place<Value>): void {
    const places = this.#places.get(place.key)
    places?.delete(place)
    if (places?.size === 0) this.#places.delete(place.key)
    this.#size--
  }

  find(key: string): readonly Value[] {
    return Array.from(this.#places.get(key) ?? [], ({ value }) => value)
  }
}
