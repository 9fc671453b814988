import { clientOf } from './wake-limits.ts'

const IN_VAIN_UNTIL_LOCKED = 3
const LOCKED_MS = 3_600_000
const STAYED_MS = 60_000
/** Who comes from more addresses than this before it starts is counted anew. */
const MOST_CLIENTS = 1_000
const MOST_NAMED = 20

/** What of it is kept over a restart. */
export interface KeptWakes {
  /** How many in a row nobody stayed after. */
  readonly inVain: number
  /** Epoch milliseconds: until then only those who are allowed wake it. */
  readonly lockedUntil: number
}

/** Who has woken one server, and whether that was in vain: scanners send logins, too. */
export class Wakes {
  /** Since the last wake that was not in vain, for the log. */
  #wakers: string[] = []
  /** Clients that have woken it for a start that was not ordered yet. */
  readonly #clients = new Set<string>()
  #isWoken = false
  #hasStayed = false

  /** Whether a client has woken it already, for a start that was not ordered yet: coming again causes no other one. */
  has(address: string | undefined): boolean {
    return this.#clients.has(clientOf(address))
  }

  /** @param waker `Steve (203.0.113.7)` */
  note(address: string | undefined, waker: string): void {
    this.#isWoken = true
    if (this.#clients.size >= MOST_CLIENTS) this.#clients.clear()
    this.#clients.add(clientOf(address))
    if (this.#wakers.length < MOST_NAMED) this.#wakers.push(waker)
  }

  /** Its start is ordered. */
  ordered(): void {
    this.#clients.clear()
  }

  cameUp(): void {
    this.#hasStayed = false
    this.#clients.clear()
  }

  /** A session has ended. */
  sessionEnded(relayedMs: number): void {
    if (relayedMs >= STAYED_MS) this.#hasStayed = true
  }

  /**
   * It is not up any more.
   *
   * @param isSomebodyThere whose session has no end yet, because the server ended first
   * @returns what is to be kept from now on, and who had woken it where that locks it; undefined: nobody had woken it
   */
  wentDown(
    kept: KeptWakes,
    isSomebodyThere: boolean,
    epochMs: number,
  ): { readonly kept: KeptWakes; readonly lockedFor?: readonly string[] } | undefined {
    if (!this.#isWoken) return undefined
    this.#isWoken = false
    const wakers = this.#wakers
    if (this.#hasStayed || isSomebodyThere) {
      this.#wakers = []
      return { kept: { ...kept, inVain: 0 } }
    }
    const inVain = kept.inVain + 1
    if (inVain < IN_VAIN_UNTIL_LOCKED) return { kept: { ...kept, inVain } }
    this.#wakers = []
    return { kept: { inVain: 0, lockedUntil: epochMs + LOCKED_MS }, lockedFor: [...new Set(wakers)] }
  }
}

/** For the log. */
export function lockedText(wakers: readonly string[]): string {
  return (
    `was woken ${IN_VAIN_UNTIL_LOCKED} times in a row and nobody stayed for a minute: for an hour only those in [wake] allow ` +
    `wake it; it was woken by ${wakers.join(', ')}`
  )
}
