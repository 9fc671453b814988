/** How many names are remembered, for how long, and how many are told in a minute: whoever scans makes names up. */
const MAX_NAMES = 200
const AGAIN_MS = 3_600_000
const LINES_A_MINUTE = 10

/** Which names that lead nowhere the operator was told of. */
export class UnknownNames {
  readonly #toldAt = new Map<string, number>()
  #minute = Number.NEGATIVE_INFINITY
  #lines = 0

  /** Whether the operator is to hear of this name now; then it counts as told. */
  isNews(name: string, now: number): boolean {
    const toldAt = this.#toldAt.get(name)
    if (toldAt !== undefined && now - toldAt < AGAIN_MS) return false
    const minute = Math.floor(now / 60_000)
    if (minute !== this.#minute) {
      this.#minute = minute
      this.#lines = 0
    }
    if (this.#lines >= LINES_A_MINUTE) return false
    this.#lines++
    this.#toldAt.delete(name)
    const [oldest] = this.#toldAt.keys()
    if (oldest !== undefined && this.#toldAt.size >= MAX_NAMES) this.#toldAt.delete(oldest)
    this.#toldAt.set(name, now)
    return true
  }
}
