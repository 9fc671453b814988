/**
 * How many refused connections may be kept at once for the sake of their answer. Refusals do not count against
 * `max_connections`, so they need a bound of their own.
 */
export class RefusalBudget {
  #limit: number
  #taken = 0

  /** @param maxConnections what the proxy holds beside the refused ones */
  constructor(maxConnections: number) {
    this.#limit = limitFor(maxConnections)
  }

  configure(maxConnections: number): void {
    this.#limit = limitFor(maxConnections)
  }

  get limit(): number {
    return this.#limit
  }

  /** How many are kept now. */
  get taken(): number {
    return this.#taken
  }

  /** Takes a place; whoever has one gives it back with `release`. */
  take(): boolean {
    if (this.#taken >= this.#limit) return false
    this.#taken++
    return true
  }

  release(): void {
    this.#taken--
  }
}

/** At most this many refusals at once, or this share of `max_connections` where that is more. */
const MIN_REFUSALS = 64
const REFUSALS_SHARE = 0.1

function limitFor(maxConnections: number): number {
  return Math.max(MIN_REFUSALS, maxConnections * REFUSALS_SHARE)
}
