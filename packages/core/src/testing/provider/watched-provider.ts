import { setTimeout as wait } from 'node:timers/promises'
import { type Emission, type ServerDefinition, thrownText, validateServer } from '../../entries/provider.ts'
import { ProviderRegistry, type ProviderStatus, type Route } from '../../index.ts'
import type { KnownSource } from './known-source.ts'

const POLL_MS = 10

/** A mistake in a server that lasts for so long is none that was read while it was being written. */
const REJECTED_MS = 5_000

/**
 * A provider that runs in a registry of its own, with all that it said. What it may not say of its source fails the test in
 * the moment in which it is said, in words; what it does not say fails it when the time for that is over.
 */
export class WatchedProvider {
  /** Every list that it emitted, also after it was told to stop. */
  readonly lists: (readonly ServerDefinition[])[] = []
  emissions = 0
  readonly #source: KnownSource
  readonly #registry: ProviderRegistry
  readonly #noticeMs: number
  readonly #runs: Promise<unknown>[] = []
  /** How many changes of the source there had been before. */
  readonly #startedAt: number
  /** Of each server the change with which it was in a list. */
  readonly #seen = new Map<string, number>()
  #fault: string | undefined
  #rejectedSince: number | undefined
  #isStopped = false

  constructor(source: KnownSource, noticeMs: number) {
    this.#source = source
    this.#noticeMs = noticeMs
    this.#startedAt = source.changes
    this.#registry = new ProviderRegistry({
      validate: validateServer,
      log: () => {},
      timings: { firstListMs: 2 * noticeMs, debounceMs: 5, restartMs: 50, maxRestartMs: 200 },
    })
    const made = source.provider()
    this.#registry.use([{ name: 'watched', start: (emit, signal) => this.#start(made, emit, signal) }])
  }

  /**
   * Waits until each of these domains has a route of this kind.
   *
   * @param hint what is wrong where that does not happen, as far as the test knows
   */
  async routes(expected: Readonly<Record<string, Route['kind']>>, hint?: string): Promise<void> {
    const missed = () => Object.entries(expected).filter(([domain, kind]) => this.#registry.route(domain).kind !== kind)
    await this.#until(
      () => missed().length === 0,
      () => {
        const what = missed().map(
          ([domain, kind]) => `"${domain}" ${LEADS[kind]}, but it ${LEADS[this.#registry.route(domain).kind]}`,
        )
        return `expected that ${what.join(', and that ')}${hint === undefined ? '' : ` (${hint})`}`
      },
    )
  }

  /** Waits until a definition has been rejected. */
  async complains(): Promise<void> {
    await this.#until(
      () => this.#status().problems.length > 0,
      () => 'expected that the server with a wrong value is in its list, for the registry to reject and report it',
    )
  }

  /** Waits until it has said, by an emission or a rejected `start`, that its source cannot be read. */
  async fails(): Promise<void> {
    await this.#until(
      () => (this.#status().lastError?.message ?? '') !== '',
      () => 'expected that it says that its source cannot be read: emit({ error: "why" }), or a rejected start',
    )
  }

  /** Waits until every run of `start` is over. */
  async ends(): Promise<void> {
    let isOver = false
    Promise.allSettled(this.#runs).then(() => {
      isOver = true
    })
    await this.#until(
      () => isOver,
      () => 'expected that start ends after its signal was aborted: let the signal end every loop and every wait',
    )
  }

  stop(): void {
    this.#isStopped = true
    this.#registry.stop()
  }

  /** The keys of its latest list, sorted. */
  keys(): readonly string[] {
    return (this.lists.at(-1) ?? []).map(({ key }) => key).sort()
  }

  #start(
    made: ReturnType<KnownSource['provider']>,
    emit: (emission: Emission) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const recorded = (emission: Emission) => {
      this.emissions++
      const before = this.#status().lastError
      emit(emission)
      // A list that the registry has taken for an error has not the shape of one.
      if (!this.#isStopped) this.#judge(emission, this.#status().lastError !== before)
    }
    const run = async () => {
      // Only a promise is waited for: the races of the suite begin with the first thing that a provider does.
      const provider = made instanceof Promise ? await made : made
      await provider.start(recorded, signal)
    }
    const running = run()
    this.#runs.push(
      running.catch((cause: unknown) => {
        if (!this.#isStopped && this.#hasAlwaysBeenReadable)
          this.#blame(`its start failed, although its source can be read: ${thrownText(cause)}`)
      }),
    )
    return running
  }

  /** Whether it may say this of the source as it is. */
  #judge(emission: unknown, isTakenForError: boolean): void {
    if (typeof emission === 'object' && emission !== null) {
      if ('error' in emission) {
        if (this.#hasAlwaysBeenReadable)
          this.#blame(`it said that its source cannot be read, which it can: ${thrownText(emission.error)}`)
        return
      }
      if ('servers' in emission && Array.isArray(emission.servers) && !isTakenForError) {
        this.lists.push(emission.servers)
        this.#judgeList(emission.servers)
        return
      }
    }
    this.#blame(`it ${this.#status().lastError?.message ?? 'emitted what is no emission'}`)
  }

  #judgeList(list: readonly ServerDefinition[]): void {
    const { servers, isReadable } = this.#source
    const written = JSON.stringify(list.map(({ values }) => values))
    for (const [key, { domains, change }] of servers) {
      if (change === undefined) continue
      const missing = domains.find((domain) => !written.includes(JSON.stringify(domain)))
      if (missing === undefined) {
        this.#seen.set(key, change)
        continue
      }
      // What was put there meanwhile may be missing in a list that was made before.
      if (change > this.#startedAt && this.#seen.get(key) !== change) continue
      const why = isReadable
        ? 'every list holds all servers of the source, those too that have not changed'
        : 'the source cannot be read, and a shorter list takes servers away; emit an error instead'
      this.#blame(`it emitted a list without "${missing}", which is in its source: ${why}`)
    }
  }

  get #hasAlwaysBeenReadable(): boolean {
    const { isReadable, changes } = this.#source
    return isReadable && changes === this.#startedAt
  }

  /** A server that the suite has put there as it should be, and that is rejected for longer than a moment. */
  #judgeRejected(): void {
    const { problems } = this.#status()
    if (problems.length === 0 || this.#source.hasSpoilt || this.#source.underWay > 0) {
      this.#rejectedSince = undefined
      return
    }
    this.#rejectedSince ??= performance.now()
    if (performance.now() - this.#rejectedSince > Math.min(REJECTED_MS, this.#noticeMs))
      this.#blame(`a server of its list was rejected: ${problems.join('; ')}`)
  }

  /** The first fault stands: what follows is mostly its consequence. */
  #blame(fault: string): void {
    this.#fault ??= fault
  }

  #status(): ProviderStatus {
    const [status] = this.#registry.status()
    if (status === undefined) throw new Error('the registry has lost its provider')
    return status
  }

  async #until(isDone: () => boolean, expectation: () => string): Promise<void> {
    const end = performance.now() + this.#noticeMs
    for (;;) {
      if (!this.#isStopped) this.#judgeRejected()
      if (this.#fault !== undefined) throw new Error(`${this.#fault}. ${this.#said()}`)
      if (isDone()) return
      if (performance.now() > end)
        throw new Error(`after ${this.#noticeMs / 1_000} s: ${expectation()}. ${this.#said()}`)
      await wait(POLL_MS)
    }
  }

  /** All that there is to know about what it did, as sentences. */
  #said(): string {
    if (this.emissions === 0) return 'It has emitted nothing.'
    const { problems, lastError } = this.#status()
    const keys = this.keys().map((key) => `"${key}"`)
    return [
      `It has emitted ${this.lists.length === 1 ? 'one list' : `${this.lists.length} lists`}`,
      ...(this.lists.length === 0
        ? []
        : [`the latest has ${keys.length === 0 ? 'no server' : `the keys ${keys.join(', ')}`}`]),
      ...(problems.length === 0 ? [] : [`rejected: ${problems.join('; ')}`]),
      ...(lastError === undefined ? [] : [`last error: ${lastError.message}`]),
    ]
      .join('; ')
      .concat('.')
  }
}

const LEADS: Readonly<Record<Route['kind'], string>> = {
  server: 'leads to a server',
  default: 'leads to the default server',
  none: 'leads nowhere',
  reserved: 'is reserved for a server that was rejected',
  unavailable: 'leads to a server that is not online',
  'not-ready': 'is not known yet: there is no list',
}
