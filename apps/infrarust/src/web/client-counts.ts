const MINUTE_MS = 60_000
/** Clients that are remembered; the one that was there first is forgotten. */
const MAX_CLIENTS = 10_000

/** How often each client has done something in its current minute. */
export class ClientCounts {
  readonly #windows = new Map<string, Window>()
  readonly #now: () => number

  /** @param now monotonic milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** Counts once more. */
  add(client: string): Counted {
    const window = this.#windowOf(client)
    window.count++
    return this.#counted(window)
  }

  /** Without counting. */
  of(client: string): Counted {
    const window = this.#windows.get(client)
    return window === undefined ? { count: 0, endsInMs: MINUTE_MS } : this.#counted(window)
  }

  #counted({ count, endsAt }: Window): Counted {
    const endsInMs = endsAt - this.#now()
    return endsInMs <= 0 ? { count: 0, endsInMs: MINUTE_MS } : { count, endsInMs }
  }

  #windowOf(client: string): Window {
    const now = this.#now()
    const known = this.#windows.get(client)
    if (known !== undefined && known.endsAt > now) return known
    this.#windows.delete(client)
    const [oldest] = this.#windows.keys()
    if (oldest !== undefined && this.#windows.size >= MAX_CLIENTS) this.#windows.delete(oldest)
    const window = { count: 0, endsAt: now + MINUTE_MS }
    this.#windows.set(client, window)
    return window
  }
}

/** Of one client. */
export interface Counted {
  readonly count: number
  /** When it begins at 0 again. */
  readonly endsInMs: number
}

interface Window {
  count: number
  readonly endsAt: number
}
