import { EventEmitter, once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import type { Provider, ServerDefinition } from '../../src/entries/provider.ts'
import type { ProviderSubject } from '../../src/testing/index.ts'

/** A source in memory that takes a moment to answer and tells its changes, like an engine or a database. */
export class EventSource implements ProviderSubject {
  readonly #servers = new Map<string, ServerDefinition>()
  readonly #changes = new EventEmitter().setMaxListeners(0)
  #isReadable = true

  /** Subscribes, then lists, and lists again when something happened while it did. */
  provider(): Provider {
    return {
      name: 'events',
      start: async (emit, signal) => {
        let changes = 1
        const changed = () => changes++
        this.#changes.on('change', changed)
        signal.addEventListener('abort', () => this.#changes.emit('change'))
        while (!signal.aborted) {
          for (let seen = 0; seen < changes && !signal.aborted; ) {
            seen = changes
            try {
              const servers = await this.list()
              if (!signal.aborted) emit({ servers })
            } catch (cause) {
              if (!signal.aborted) emit({ error: String(cause) })
            }
          }
          changes = 0
          if (!signal.aborted) await once(this.#changes, 'change')
        }
        this.#changes.off('change', changed)
      },
    }
  }

  /** What is there at the moment of asking; it arrives later. */
  async list(): Promise<readonly ServerDefinition[]> {
    const [servers, isReadable] = [[...this.#servers.values()], this.#isReadable]
    await setTimeout(10)
    if (!isReadable) throw new Error('nobody answers')
    return servers
  }

  async put(key: string, domains: readonly string[]): Promise<void> {
    this.#set(key, { domains, addresses: ['127.0.0.1:25566'] })
  }

  async spoil(key: string): Promise<void> {
    this.#set(key, { domains: 1 })
  }

  async remove(key: string): Promise<void> {
    this.#servers.delete(key)
    this.#changes.emit('change')
  }

  async makeUnreadable(): Promise<void> {
    this.#isReadable = false
    this.#changes.emit('change')
  }

  async makeReadable(): Promise<void> {
    this.#isReadable = true
    this.#changes.emit('change')
  }

  async dispose(): Promise<void> {
    this.#changes.removeAllListeners()
  }

  #set(key: string, values: Record<string, unknown>): void {
    this.#servers.set(key, { key, source: `memory "${key}"`, values })
    this.#changes.emit('change')
  }
}
