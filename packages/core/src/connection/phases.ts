import type { PhaseMilliseconds } from './record.ts'

export type Phase = Exclude<keyof PhaseMilliseconds, 'total'>

/** The place of each phase in the numbers of a connection. */
const PLACES: Readonly<Record<Phase, number>> = {
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
 * an object of its own in a field.
 */
export class Phases {
  readonly #numbers: number[]
  #current = NONE

  constructor(acceptedAt: number) {
    const not = NOT_ENTERED
    this.#numbers = [not, not, not, not, not, not, not, acceptedAt, acceptedAt]
  }

  /** @param phase undefined: none of them, the connection is only being closed */
  enter(phase: Phase | undefined, at: number): void {
    const place = phase === undefined ? NONE : PLACES[phase]
    if (place === this.#current) return
    this.#leave(at)
    this.#current = place
  }

  /** Whole milliseconds of every phase that was entered, in the order of the phases. */
  finish(at: number): PhaseMilliseconds {
    this.#leave(at)
    this.#current = NONE
    // Phase by phase, as in `accessRecord`.
    const whole: { -readonly [Name in keyof PhaseMilliseconds]?: number } = {}
    if (this.#has(PLACES.header)) whole.header = this.#whole(PLACES.header)
    if (this.#has(PLACES.handshake)) whole.handshake = this.#whole(PLACES.handshake)
    if (this.#has(PLACES.login)) whole.login = this.#whole(PLACES.login)
    if (this.#has(PLACES.hold)) whole.hold = this.#whole(PLACES.hold)
    if (this.#has(PLACES.connect)) whole.connect = this.#whole(PLACES.connect)
    if (this.#has(PLACES.relay)) whole.relay = this.#whole(PLACES.relay)
    if (this.#has(PLACES.answer)) whole.answer = this.#whole(PLACES.answer)
    whole.total = Math.round(at - this.#number(ACCEPTED_AT))
    return whole as PhaseMilliseconds
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

  #whole(place: number): number {
    return Math.round(this.#number(place))
  }
}
