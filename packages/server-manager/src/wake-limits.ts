import { clientKey } from '@infrarust/core'

const HOUR_MS = 3_600_000
/** Who comes from more addresses than this is bounded by everything else. */
const MOST_CLIENTS = 10_000

/** How often each client has woken which server in the last hour. An IPv6 client is a /64. */
export class WakeLimits {
  /** Times of the wakes, oldest first, by server and client; the one that woke last is last. */
  readonly #wakes = new Map<string, readonly number[]>()

  /** @param perHour 0: no limit */
  mayWake(serverId: string, client: string | undefined, perHour: number, at: number): boolean {
    return perHour === 0 || this.#of(keyOf(serverId, client), at).length < perHour
  }

  note(serverId: string, client: string | undefined, at: number): void {
    const key = keyOf(serverId, client)
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

/** Whoever came through a Unix socket without an address is one client. */
function keyOf(serverId: string, client: string | undefined): string {
  return `${client === undefined ? 'unix' : clientKey(client)} ${serverId}`
}
