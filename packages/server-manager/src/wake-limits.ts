import { clientKey } from '@infrarust/core'

const HOUR_MS = 3_600_000
/** Who comes from more addresses than this is bounded by everything else. */
const MOST_CLIENTS = 10_000

/** How often each client has woken servers in the last hour. */
export class WakeLimits {
  /** Times of the wakes, oldest first, by client and what is counted together; the one that woke last is last. */
  readonly #wakes = new Map<string, readonly number[]>()

  /**
   * @param scope   what is counted together: one server, or all that have no limit of their own
   * @param perHour 0: no limit
   */
  mayWake(scope: string | undefined, client: string | undefined, perHour: number, at: number): boolean {
    return perHour === 0 || this.#of(keyOf(scope, client), at).length < perHour
  }

  note(scope: string | undefined, client: string | undefined, at: number): void {
    const key = keyOf(scope, client)
    const wakes = [...this.#of(key, at), at]
    this.#wakes.delete(key)
    this.#wakes.set(key, wakes)
    const [oldest] = this.#wakes.keys()
    if (oldest !== undefined && this.#wakes.size > MOST_CLIENTS) this.#wakes.delete(oldest)
  }

  #of(key: string, at: number): readonly number[] {
    return (this.#wakes.get(key) ?? []).filter((wake) => at - wake < HOUR_MS)
  }
}

/** Who counts as one client: an IPv6 client is a /64, and whoever came through a Unix socket without an address is one. */
export function clientOf(address: string | undefined): string {
  return address === undefined ? 'unix' : clientKey(address)
}

function keyOf(scope: string | undefined, client: string | undefined): string {
  return scope === undefined ? clientOf(client) : `${clientOf(client)} ${scope}`
}
