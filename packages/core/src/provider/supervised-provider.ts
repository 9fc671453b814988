import type { Emission, Provider } from './contract.ts'
import { type CheckedEmission, checkEmission } from './emission.ts'
import { isAbort, thrownText } from './thrown.ts'

export interface SupervisionTimings {
  /** Before the first restart; doubled for each further one. */
  readonly restartMs: number
  readonly maxRestartMs: number
}

/**
 * One provider and the runs of its `start`. A run that throws or rejects is followed by another one after a growing
 * delay; a run that lasted longer than that delay could grow begins again with the short one.
 */
export class SupervisedProvider {
  readonly #provider: Provider
  readonly #emitted: (emission: CheckedEmission) => void
  readonly #late: (what: string) => void
  readonly #timings: SupervisionTimings
  #run = new AbortController()
  #restart: NodeJS.Timeout | undefined
  #restartMs: number

  /**
   * @param emitted gets every emission of the run in force, and its failure as an error; never after `stop`
   * @param late gets what a run does after it was told to stop, a clause for each kind of it
   */
  constructor(
    provider: Provider,
    emitted: (emission: CheckedEmission) => void,
    late: (what: string) => void,
    timings: SupervisionTimings,
  ) {
    this.#provider = provider
    this.#emitted = emitted
    this.#late = late
    this.#timings = timings
    this.#restartMs = timings.restartMs
  }

  start(): void {
    const run = new AbortController()
    const startedAt = performance.now()
    this.#run = run
    let hasEmittedLate = false
    const emit = (emission: Emission) => {
      if (!run.signal.aborted) {
        this.#emitted(checkEmission(emission))
        return
      }
      if (!hasEmittedLate) this.#late('emitted something, which is ignored')
      hasEmittedLate = true
    }
    const fail = (cause: unknown) => {
      if (run.signal.aborted) {
        // What waits for the signal ends by it, which is what a provider should do.
        if (!isAbort(cause, run.signal)) this.#late(`failed: ${thrownText(cause)}`)
        return
      }
      if (performance.now() - startedAt > this.#timings.maxRestartMs) this.#restartMs = this.#timings.restartMs
      const restartMs = this.#restartMs
      this.#emitted({ kind: 'error', message: `${thrownText(cause)}; starting again in ${restartMs / 1000} s` })
      // What the failed run still emits (a timer that it left behind) is nobody's any more.
      run.abort()
      this.#restart = setTimeout(() => this.start(), restartMs)
      this.#restart.unref()
      this.#restartMs = Math.min(restartMs * 2, this.#timings.maxRestartMs)
    }
    // Async, so that a `start` that throws at once fails like one that rejects later.
    const running = async () => this.#provider.start(emit, run.signal)
    running().catch(fail)
  }

  stop(): void {
    clearTimeout(this.#restart)
    this.#run.abort()
  }
}
