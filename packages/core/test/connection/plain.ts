/** The plain form of `Phases`: its reference in tests, and what it must beat in the bench. */
export class PlainPhases {
  readonly #acceptedAt: number
  readonly #spent = new Map<number, number>()
  #current: { readonly phase: number; readonly since: number } | undefined

  constructor(acceptedAt: number) {
    this.#acceptedAt = acceptedAt
  }

  enter(phase: number | undefined, at: number): void {
    if (phase === this.#current?.phase) return
    if (this.#current !== undefined) {
      const { phase: left, since } = this.#current
      this.#spent.set(left, (this.#spent.get(left) ?? 0) + at - since)
    }
    this.#current = phase === undefined ? undefined : { phase, since: at }
  }

  /** The milliseconds of the phase in this place; undefined where it was not entered. */
  whole(phase: number): number | undefined {
    const spent = this.#spent.get(phase)
    return spent === undefined ? undefined : Math.round(spent)
  }

  finish(at: number): number {
    this.enter(undefined, at)
    return Math.round(at - this.#acceptedAt)
  }
}
