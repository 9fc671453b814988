import type { Provider } from '../../entries/provider.ts'
import type { ProviderSubject } from './provider-subject.ts'

/** A server of the source, as the suite has put it there. */
export interface KnownServer {
  readonly domains: readonly string[]
  /** The number of the change that put it there; undefined for as long as that goes on. */
  readonly change: number | undefined
}

/**
 * A source and what the suite has done to it: with this it is known of each list whether a provider may say that, without
 * waiting for one that never comes.
 */
export class KnownSource implements ProviderSubject {
  readonly #subject: ProviderSubject
  readonly servers: Map<string, KnownServer> = new Map()
  /** Whether a server has a value that none can have. */
  hasSpoilt = false
  isReadable = true
  /** How many changes have begun. */
  changes = 0
  /** How many of them have not ended. */
  underWay = 0

  constructor(subject: ProviderSubject) {
    this.#subject = subject
  }

  provider(): Provider | Promise<Provider> {
    return this.#subject.provider()
  }

  async put(key: string, domains: readonly string[]): Promise<void> {
    this.servers.set(key, { domains, change: undefined })
    await this.#change(() => this.#subject.put(key, domains))
    this.servers.set(key, { domains, change: this.changes })
    this.hasSpoilt = false
  }

  async spoil(key: string): Promise<void> {
    this.servers.delete(key)
    this.hasSpoilt = true
    await this.#change(() => this.#subject.spoil(key))
  }

  async remove(key: string): Promise<void> {
    this.servers.delete(key)
    await this.#change(() => this.#subject.remove(key))
  }

  async makeUnreadable(): Promise<void> {
    this.isReadable = false
    await this.#change(() => this.#subject.makeUnreadable())
  }

  async makeReadable(): Promise<void> {
    await this.#change(() => this.#subject.makeReadable())
    this.isReadable = true
  }

  async dispose(): Promise<void> {
    await this.#subject.dispose()
  }

  async #change(make: () => Promise<void>): Promise<void> {
    this.changes++
    this.underWay++
    try {
      await make()
    } finally {
      this.underWay--
    }
  }
}
