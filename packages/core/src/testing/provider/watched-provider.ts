import { expect, vi } from 'vitest'
import { type Emission, type Provider, type ServerDefinition, validateServer } from '../../entries/provider.ts'
import { ProviderRegistry, type ProviderStatus, type Route } from '../../index.ts'

/** A provider that runs in a registry of its own, with all that it said. */
export class WatchedProvider {
  /** Every list that it emitted, also after it was told to stop. */
  readonly lists: (readonly ServerDefinition[])[] = []
  emissions = 0
  readonly #registry: ProviderRegistry
  readonly #noticeMs: number
  readonly #runs: Promise<unknown>[] = []

  constructor(provider: Provider | Promise<Provider>, noticeMs: number) {
    this.#noticeMs = noticeMs
    this.#registry = new ProviderRegistry({
      validate: validateServer,
      log: () => {},
      timings: { firstListMs: 2 * noticeMs, debounceMs: 5, restartMs: 50, maxRestartMs: 200 },
    })
    this.#registry.use([{ name: 'watched', start: (emit, signal) => this.#start(provider, emit, signal) }])
  }

  /** Waits until each of these domains has a route of this kind. */
  async routes(expected: Readonly<Record<string, Route['kind']>>): Promise<void> {
    const routes = () =>
      Object.fromEntries(Object.keys(expected).map((domain) => [domain, this.#registry.route(domain).kind]))
    await this.#until(() => expect({ routes: routes(), status: this.#status() }).toMatchObject({ routes: expected }))
  }

  /** Waits until a definition has been rejected. */
  async complains(): Promise<void> {
    await this.#until(() => expect(this.#status().problems).not.toEqual([]))
  }

  /** Waits until it has said, by an emission or a rejected `start`, that its source cannot be read. */
  async fails(): Promise<void> {
    await this.#until(() => expect(this.#status().lastError?.message).toEqual(expect.stringMatching(/./)))
  }

  /** Waits until every run of `start` is over. */
  async ends(): Promise<void> {
    let isOver = false
    Promise.allSettled(this.#runs).then(() => {
      isOver = true
    })
    await this.#until(() => expect(isOver, 'start has returned after its signal was aborted').toBe(true))
  }

  stop(): void {
    this.#registry.stop()
  }

  /** The keys of its latest list, sorted. */
  keys(): readonly string[] {
    return (this.lists.at(-1) ?? []).map(({ key }) => key).sort()
  }

  /** Whether a list after the first one with this domain was without it. */
  hasEverBeenWithout(domain: string): boolean {
    const has = (list: readonly ServerDefinition[]) =>
      list.some(({ values }) => JSON.stringify(values).includes(domain))
    return this.lists.slice(this.lists.findIndex(has)).some((list) => !has(list))
  }

  #start(made: Provider | Promise<Provider>, emit: (emission: Emission) => void, signal: AbortSignal): Promise<void> {
    const recorded = (emission: Emission) => {
      this.emissions++
      if ('servers' in emission) this.lists.push(emission.servers)
      emit(emission)
    }
    const run = async () => {
      // Only a promise is waited for: the races of the suite begin with the first thing that a provider does.
      const provider = made instanceof Promise ? await made : made
      await provider.start(recorded, signal)
    }
    const running = run()
    this.#runs.push(running.catch(() => {}))
    return running
  }

  #status(): ProviderStatus {
    const [status] = this.#registry.status()
    if (status === undefined) throw new Error('the registry has lost its provider')
    return status
  }

  #until(assertion: () => void): Promise<void> {
    return vi.waitFor(assertion, { timeout: this.#noticeMs, interval: 10 })
  }
}
