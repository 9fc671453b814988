/** What `ConnectionMap` does, in the plainest way. */
export class PlainConnectionMap<Value> {
  readonly #values = new Map<number, Value>()

  get size(): number {
    return this.#values.size
  }

  get(id: number): Value | undefined {
    return this.#values.get(id)
  }

  set(id: number, value: Value): void {
    this.#values.set(id, value)
  }

  delete(id: number): void {
    this.#values.delete(id)
  }

  values(): Value[] {
    return [...this.#values.values()]
  }
}
