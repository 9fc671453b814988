import { PHASE } from '../../src/connection/phases.ts'
import type { PhaseMilliseconds } from '../../src/record/access-record.ts'

/** What `Phases` does, in the plainest way. */
export class PlainPhases {
  readonly #acceptedAt: number
  readonly #spentMs = new Map<number, number>()
  #current: { readonly phase: number; readonly since: number } | undefined

  constructor(acceptedAt: number) {
    this.#acceptedAt = acceptedAt
  }

  enter(phase: number | undefined, at: number): void {
    if (phase === this.#current?.phase) return
    this.#leave(at)
    this.#current = phase === undefined ? undefined : { phase, since: at }
  }

  finish(at: number): PhaseMilliseconds {
    this.#leave(at)
    const ms: Record<string, number | undefined> = {}
    for (const [name, phase] of Object.entries(PHASE)) {
      const spent = this.#spentMs.get(phase)
      ms[name] = spent === undefined ? undefined : Math.round(spent)
    }
    return { ...ms, total: Math.round(at - this.#acceptedAt) }
  }

  #leave(at: number): void {
    if (this.#current === undefined) return
    const { phase, since } = this.#current
    this.#spentMs.set(phase, (this.#spentMs.get(phase) ?? 0) + at - since)
  }
}
