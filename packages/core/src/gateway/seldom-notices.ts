/** Servers come and go for as long as the proxy runs; saying something once more than is due costs a line. */
const MAX_REMEMBERED = 1_000

/** Which notices were given lately: of what would repeat itself with each connection. */
export class SeldomNotices {
  readonly #givenAt = new Map<string, number>()

  /** Whether the notice with this key was not given in the last `againMs`; it counts as given then. */
  isDue(key: string, now: number, againMs: number): boolean {
    const givenAt = this.#givenAt.get(key)
    if (givenAt !== undefined && now - givenAt < againMs) return false
    this.#givenAt.delete(key)
    if (this.#givenAt.size >= MAX_REMEMBERED) this.#forgetOldest()
    this.#givenAt.set(key, now)
    return true
  }

  #forgetOldest(): void {
    for (const key of this.#givenAt.keys()) {
      this.#givenAt.delete(key)
      return
    }
  }
}
