export interface BurstTimings {
  /** A burst is over when it has been quiet for so long. */
  readonly quietMs: number
  /** However long it goes on, its first call waits no longer than this. */
  readonly latestMs: number
}

/** Turns a burst of calls into one run of a job; never two runs at once, and a call during a run leads to another one. */
export class Burst {
  readonly #job: () => Promise<void>
  readonly #timings: BurstTimings
  readonly #failed: (cause: unknown) => void
  #timer: NodeJS.Timeout | undefined
  #firstCallAt: number | undefined
  #state: 'idle' | 'running' | 'stopped' = 'idle'

  constructor(job: () => Promise<void>, timings: BurstTimings, failed: (cause: unknown) => void) {
    this.#job = job
    this.#timings = timings
    this.#failed = failed
  }

  call(): void {
    this.#firstCallAt ??= performance.now()
    if (this.#state !== 'idle') return
    const leftMs = Math.max(0, this.#firstCallAt + this.#timings.latestMs - performance.now())
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.run().catch(this.#failed), Math.min(this.#timings.quietMs, leftMs))
  }

  /** Runs the job now, on behalf of all calls so far; only while it is not running. Rejects as the job does. */
  async run(): Promise<void> {
    clearTimeout(this.#timer)
    this.#firstCallAt = undefined
    this.#state = 'running'
    try {
      await this.#job()
    } finally {
      if (this.#state === 'running') this.#state = 'idle'
      if (this.#firstCallAt !== undefined) this.call()
    }
  }

  stop(): void {
    this.#state = 'stopped'
    clearTimeout(this.#timer)
  }
}
