/** How many came in the present second; a second begins with the first that is counted. */
export class Second {
  #since = Number.NEGATIVE_INFINITY
  #count = 0

  /** Counts one more, unless there were `max` in this second. */
  take(max: number, at: number): boolean {
    if (at - this.#since >= 1_000) {
      this.#since = at
      this.#count = 0
    }
    if (this.#count >= max) return false
    this.#count++
    return true
  }
}
