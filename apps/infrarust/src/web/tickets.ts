import { randomBytes } from 'node:crypto'

/** How long one may be used. */
export const TICKET_MS = 5 * 60 * 1_000
const MAX_TICKETS = 100

/** What a link to the dashboard has instead of the key: good once, and for a few minutes. */
export class Tickets {
  readonly #validUntil = new Map<string, number>()
  readonly #now: () => number

  /** @param now monotonic milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  make(): string {
    for (const [ticket, until] of this.#validUntil)
      if (until <= this.#now() || this.#validUntil.size >= MAX_TICKETS) this.#validUntil.delete(ticket)
    const ticket = randomBytes(32).toString('base64url')
    this.#validUntil.set(ticket, this.#now() + TICKET_MS)
    return ticket
  }

  /** @returns whether it was good; it is not any more */
  take(ticket: string): boolean {
    const until = this.#validUntil.get(ticket)
    this.#validUntil.delete(ticket)
    return until !== undefined && until > this.#now()
  }
}
