import { type ClientPrefixes, clientKey } from '../addresses/client-key.ts'

/** How many logins may begin in a second: two decryptions each are 3 % of a core. Twice as many after a quiet second. */
const BEGUN_A_SECOND = 100
/** The same of one client: a household behind one address, all of whose members come back at once. */
const BEGUN_OF_ONE = 10
/** How many questions of one client may be open. */
const OPEN_OF_ONE = 16

/**
 * What the logins of all clients together, and of each, may cost. Whom it has no room for is refused, and nobody else waits for
 * it. It remembers no more clients than may begin in a second, and those whose questions are open.
 */
export class LoginBounds {
  readonly #prefixes: ClientPrefixes
  readonly #open = new Map<string, number>()
  #maxOpen: number
  #openCount = 0
  #left = 2 * BEGUN_A_SECOND
  #filledAt: number | undefined
  #begunSince = 0
  readonly #begun = new Map<string, number>()

  /** @param maxOpen how many questions may be open, of all clients together */
  constructor(maxOpen: number, prefixes: ClientPrefixes) {
    this.#maxOpen = maxOpen
    this.#prefixes = prefixes
  }

  /** Questions that are open stay so. */
  use(maxOpen: number): void {
    this.#maxOpen = maxOpen
  }

  /** @param at monotonic milliseconds */
  mayBegin(client: string, at: number): boolean {
    this.#fill(at)
    const key = clientKey(client, this.#prefixes)
    const begun = this.#begun.get(key) ?? 0
    if (this.#left < 1 || begun >= BEGUN_OF_ONE) return false
    this.#left--
    this.#begun.set(key, begun + 1)
    return true
  }

  /** @returns gives the place back, once; undefined where there is none */
  open(client: string): (() => void) | undefined {
    const key = clientKey(client, this.#prefixes)
    const ofClient = this.#open.get(key) ?? 0
    if (this.#openCount >= this.#maxOpen || ofClient >= OPEN_OF_ONE) return undefined
    this.#openCount++
    this.#open.set(key, ofClient + 1)
    let isOpen = true
    return () => {
      if (!isOpen) return
      isOpen = false
      this.#openCount--
      const left = (this.#open.get(key) ?? 0) - 1
      if (left > 0) this.#open.set(key, left)
      else this.#open.delete(key)
    }
  }

  #fill(at: number): void {
    const passedMs = at - (this.#filledAt ?? at)
    this.#filledAt = at
    this.#left = Math.min(2 * BEGUN_A_SECOND, this.#left + (passedMs * BEGUN_A_SECOND) / 1_000)
    if (at - this.#begunSince < 1_000) return
    this.#begunSince = at
    this.#begun.clear()
  }
}
