import { setTimeout as delay } from 'node:timers/promises'
import { Burst, type BurstTimings } from './burst.ts'
import type { Container } from './container.ts'
import type { Engine, ListedContainer } from './engine.ts'
import { EngineError } from './errors.ts'

/** What the engine has now, as far as it matters to the proxy. */
export interface View {
  /** The engine's clock, epoch milliseconds. */
  readonly atMs: number
  readonly containers: readonly Container[]
  /** Containers that could not be read just now; the last state of each is used. */
  readonly unread: readonly Unread[]
}

export interface Unread {
  /** `container "lobby"`. */
  readonly about: string
  /** One line for the log. */
  readonly message: string
}

export interface FollowOptions {
  /** Which of the listed containers are worth a closer look. */
  readonly choose: (listed: readonly ListedContainer[]) => readonly ListedContainer[]
  readonly onView: (view: View) => void
  readonly pollIntervalMs: number
  readonly timings: BurstTimings
  readonly signal: AbortSignal
}

/** How long a container that could not be read waits for the next attempt. */
const UNREAD_RETRY_MS = 1_000

/** Ids of events that wait for the next list. */
const MOST_EXPIRED = 10_000

/** Requests under way at a time: an engine is slow under many, and others use it too. */
const INSPECTED_AT_ONCE = 4

/**
 * Follows one engine over one connection: subscribes, lists, and lists again after every burst of events, so that no
 * change falls between the two. A view is always whole; only containers of which an event spoke are looked at again, and
 * all of them at every poll.
 *
 * @throws EngineError when the stream of events is over or a request fails; returns only when the signal aborts
 */
export async function followEngine(engine: Engine, options: FollowOptions): Promise<void> {
  const over = new AbortController()
  const signal = AbortSignal.any([options.signal, over.signal])
  const failed = Promise.withResolvers<never>()
  const views = new Views(engine, { ...options, signal })
  const burst = new Burst(() => views.next(), options.timings, failed.reject)
  const since = await engine.clock(signal)
  const events = await engine.events(
    since,
    (containerId) => {
      if (containerId === undefined) views.expireAll()
      else views.expire(containerId)
      burst.call()
    },
    signal,
  )
  const poll = setInterval(() => {
    views.expireAll()
    burst.call()
  }, options.pollIntervalMs)
  views.onUnread = () => void delay(UNREAD_RETRY_MS, undefined, { signal }).then(() => burst.call(), ignoreAbort)
  try {
    await burst.run()
    await Promise.race([events.ended, failed.promise])
  } catch (cause) {
    if (!options.signal.aborted) throw cause
  } finally {
    over.abort()
    clearInterval(poll)
    burst.stop()
  }
}

/** Looks at the engine again and again, and remembers what is still true. */
class Views {
  readonly #engine: Engine
  readonly #options: FollowOptions
  readonly #known = new Map<string, Container>()
  /** Ids that an event spoke of since they were read. */
  #expired = new Set<string>()
  #isAllExpired = true
  onUnread: () => void = () => {}

  constructor(engine: Engine, options: FollowOptions) {
    this.#engine = engine
    this.#options = options
  }

  expire(id: string): void {
    // More than are remembered between two lists are no containers' ids any more.
    if (this.#expired.size >= MOST_EXPIRED) this.expireAll()
    else this.#expired.add(id)
  }

  expireAll(): void {
    this.#isAllExpired = true
  }

  async next(): Promise<void> {
    // Taken before the reading: an event that comes meanwhile is for the next one.
    const isExpired = this.#takeExpired()
    const { atMs, containers } = await this.#engine.list(this.#options.signal)
    const ids = new Set(this.#options.choose(containers).flatMap(withNetworkOwner))
    for (const id of this.#known.keys()) if (!ids.has(id)) this.#known.delete(id)
    const unread = await this.#inspect([...ids].filter((id) => !this.#known.has(id) || isExpired(id)))
    if (this.#options.signal.aborted) return
    this.#options.onView({ atMs, containers: [...this.#known.values()], unread })
    if (unread.length > 0) this.onUnread()
  }

  #takeExpired(): (id: string) => boolean {
    const expired = this.#expired
    const isAllExpired = this.#isAllExpired
    this.#expired = new Set()
    this.#isAllExpired = false
    return (id) => isAllExpired || expired.has(id)
  }

  async #inspect(ids: readonly string[]): Promise<readonly Unread[]> {
    const unread: Unread[] = []
    const queue = ids.values()
    const worker = async (): Promise<void> => {
      for (const id of queue) {
        const failure = await this.#inspectOne(id)
        if (failure !== undefined) unread.push(failure)
      }
    }
    await Promise.all(Array.from({ length: INSPECTED_AT_ONCE }, worker))
    return unread
  }

  /** @returns why it could not be read; one container that the engine chokes on must not cost the others their changes */
  async #inspectOne(id: string): Promise<Unread | undefined> {
    try {
      const container = await this.#engine.inspect(id, this.#options.signal)
      if (container === undefined) this.#known.delete(id)
      else this.#known.set(container.id, container)
      return undefined
    } catch (cause) {
      if (!(cause instanceof EngineError) || !isAboutOne(cause)) throw cause
      this.#expired.add(id)
      const name = this.#known.get(id)?.name ?? id.slice(0, 12)
      const about = `container "${name}"`
      return { about, message: `${about}: cannot be read: ${cause.message}; what was known of it stays` }
    }
  }
}

/** Not about the engine as a whole, nor about what a socket proxy passes. */
function isAboutOne({ code, status }: EngineError): boolean {
  return code === 'late' || (code === 'refused' && status !== 403)
}

/** `network_mode: container:…` (a VPN, a pod): its addresses are those of the other one. */
function withNetworkOwner({ id, networkMode }: ListedContainer): readonly string[] {
  const owner = networkOwner(networkMode)
  return owner === undefined ? [id] : [id, owner]
}

/** The id of the container whose network it shares. */
export function networkOwner(networkMode: string): string | undefined {
  return networkMode.startsWith('container:') ? networkMode.slice('container:'.length) : undefined
}

function ignoreAbort(): void {}
