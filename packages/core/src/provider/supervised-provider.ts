import type { Provider } from './contract.ts'
import { type CheckedEmission, checkEmission } from './emission.ts'
import { thrownText } from './thrown.ts'

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
  readonly #timings: SupervisionTimings
  #run = new AbortController()
  #restart: NodeJS.Timeout | undefined
  #restartMs: number

  /** @param emitted gets every emission of the run in force, and its failure as an error; never after `stop` */
  constructor(provider: Provider, emitted: (emission: CheckedEmission) => void, timings: SupervisionTimings) {
    this.#provider = provider
    this.#emitted = emitted
    this.#timings = timings
    this.#restartMs = timings.restartMs
  }

  start(): void {
    const run = new AbortController()
    const startedAt = performance.now()
    this.#run = run
    const emit = (emission: CheckedEmission) => {
      if (!run.signal.aborted) this.#emitted(emission)
    }
    const fail = (cause: unknown) => {
      if (run.signal.aborted) return
      if (performance.now() - startedAt > this.#timings.maxRestartMs) this.#restartMs = this.#timings.restartMs
      const restartMs = this.#restartMs
      emit({ kind: 'error', message: `${thrownText(cause)}; starting again in ${restartMs / 1000} s` })
      // What the failed run still emits (a timer that it left behind) is nobody's any more.
      run.abort()
      this.#restart = setTimeout(() => this.start(), restartMs)
      this.#restart.unref()
      this.#restartMs = Math.min(restartMs * 2, this.#timings.maxRestartMs)
    }
    // Async, so that a `start` that throws at once fails like one that rejects later.
    const running = async () => this.#provider.start((emission) => emit(checkEmission(emission)), run.signal)
    running().catch(fail)
  }

  stop(): void {
    clearTimeout(this.#restart)
    this.#run.abort()
  }
}
