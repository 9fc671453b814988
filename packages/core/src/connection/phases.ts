import type { PhaseMilliseconds } from '../record/access-record.ts'

/** The phases of the access record, each by its place in the numbers of a connection. */
export const PHASE: Readonly<Record<Exclude<keyof PhaseMilliseconds, 'total'>, number>> = {
  header: 0,
  handshake: 1,
  login: 2,
  hold: 3,
  connect: 4,
  relay: 5,
  answer: 6,
}

const ACCEPTED_AT = 7
/** When the current phase was entered. */
const SINCE = 8

const NOT_ENTERED = -1
const NONE = -1

/**
 * How long a connection was in which phase. A phase that is entered twice counts its sum.
 *
 * A session keeps this as long as it lasts, so the numbers are in one array: it holds them itself, where each would be
 * an object of its own in a field (`pnpm bench`).
 */
export class Phases {
  readonly #numbers: number[]
  #current = NONE

  constructor(acceptedAt: number) {
    const not = NOT_ENTERED
    this.#numbers = [not, not, not, not, not, not, not, acceptedAt, acceptedAt]
  }

  /** @param phase of `PHASE`; undefined: none of them, the connection is only being closed */
  enter(phase: number | undefined, at: number): void {
    const place = phase ?? NONE
    if (place === this.#current) return
    this.#leave(at)
    this.#current = place
  }

  /** Whole milliseconds of every phase that was entered, in the order of the phases. */
  finish(at: number): PhaseMilliseconds {
    this.#leave(at)
    this.#current = NONE
    return {
      header: this.#whole(PHASE.header),
      handshake: this.#whole(PHASE.handshake),
      login: this.#whole(PHASE.login),
      hold: this.#whole(PHASE.hold),
      connect: this.#whole(PHASE.connect),
      relay: this.#whole(PHASE.relay),
      answer: this.#whole(PHASE.answer),
      total: Math.round(at - this.#number(ACCEPTED_AT)),
    }
  }

  #leave(at: number): void {
    const numbers = this.#numbers
    if (this.#current !== NONE) {
      const spent = at - this.#number(SINCE)
      numbers[this.#current] = this.#has(this.#current) ? this.#number(this.#current) + spent : spent
    }
    numbers[SINCE] = at
  }

  #number(place: number): number {
    return this.#numbers[place] ?? 0
  }

  #has(place: number): boolean {
    return this.#number(place) !== NOT_ENTERED
  }

  #whole(place: number): number | undefined {
    return this.#has(place) ? Math.round(this.#number(place)) : undefined
  }
}
