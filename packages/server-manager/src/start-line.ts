/** The servers that wait for their turn to start: only so many may be starting at once. */
export class StartLine {
  readonly #starting = new Set<string>()
  readonly #line: { readonly id: string; readonly permit: () => void }[] = []
  #most: number

  constructor(most: number) {
    this.#most = most
  }

  use(most: number): void {
    this.#most = most
    this.#permitNext()
  }

  /** @param permit called when it is its turn, which may be at once; `leave` ends it */
  enter(id: string, permit: () => void): void {
    this.#line.push({ id, permit })
    this.#permitNext()
  }

  /** It has been started, or does not want to be any more. */
  leave(id: string): void {
    const place = this.#line.findIndex((each) => each.id === id)
    if (place >= 0) this.#line.splice(place, 1)
    this.#starting.delete(id)
    this.#permitNext()
  }

  /** From 1; undefined for one that does not wait. */
  position(id: string): number | undefined {
    const place = this.#line.findIndex((each) => each.id === id)
    return place < 0 ? undefined : place + 1
  }

  #permitNext(): void {
    while (this.#starting.size < this.#most) {
      const next = this.#line.shift()
      if (next === undefined) return
      this.#starting.add(next.id)
      next.permit()
    }
  }
}
