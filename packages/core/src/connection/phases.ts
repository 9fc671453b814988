import type { PhaseMilliseconds } from './record.ts'

export type Phase = Exclude<keyof PhaseMilliseconds, 'total'>

/** How long a connection was in which phase. A phase that is entered twice counts its sum. */
export class Phases {
  readonly #acceptedAt: number
  readonly #spent: { [Name in Phase]?: number } = {}
  #current: Phase | undefined
  #since: number

  constructor(acceptedAt: number) {
    this.#acceptedAt = acceptedAt
    this.#since = acceptedAt
  }

  /** @param phase undefined: none of them, the connection is only being closed */
  enter(phase: Phase | undefined, at: number): void {
    if (phase === this.#current) return
    this.#leave(at)
    this.#current = phase
  }

  /** Whole milliseconds of every phase that was entered, in the order of the phases. */
  finish(at: number): PhaseMilliseconds {
    this.#leave(at)
    this.#current = undefined
    // Phase by phase, as in `accessRecord`.
    const { header, handshake, login, hold, connect, relay, answer } = this.#spent
    const whole: { [Name in Phase]?: number } = {}
    if (header !== undefined) whole.header = Math.round(header)
    if (handshake !== undefined) whole.handshake = Math.round(handshake)
    if (login !== undefined) whole.login = Math.round(login)
    if (hold !== undefined) whole.hold = Math.round(hold)
    if (connect !== undefined) whole.connect = Math.round(connect)
    if (relay !== undefined) whole.relay = Math.round(relay)
    if (answer !== undefined) whole.answer = Math.round(answer)
    return Object.assign(whole, { total: Math.round(at - this.#acceptedAt) })
  }

  #leave(at: number): void {
    if (this.#current !== undefined) this.#spent[this.#current] = (this.#spent[this.#current] ?? 0) + at - this.#since
    this.#since = at
  }
}
