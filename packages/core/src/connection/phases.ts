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
    const spent = this.#spent
    return {
      ...(spent.header !== undefined && { header: Math.round(spent.header) }),
      ...(spent.handshake !== undefined && { handshake: Math.round(spent.handshake) }),
      ...(spent.login !== undefined && { login: Math.round(spent.login) }),
      ...(spent.hold !== undefined && { hold: Math.round(spent.hold) }),
      ...(spent.connect !== undefined && { connect: Math.round(spent.connect) }),
      ...(spent.relay !== undefined && { relay: Math.round(spent.relay) }),
      ...(spent.answer !== undefined && { answer: Math.round(spent.answer) }),
      total: Math.round(at - this.#acceptedAt),
    }
  }

  #leave(at: number): void {
    if (this.#current !== undefined) this.#spent[this.#current] = (this.#spent[this.#current] ?? 0) + at - this.#since
    this.#since = at
  }
}
