import { ConnectionMap } from '../transport/connection-map.ts'
import type { ConnectionId } from '../transport/contract.ts'

/**
 * Who has how many sessions, on which server and in all. As large as there are sessions: a connection is counted once and
 * let go of once, however often it is asked for.
 */
export class SessionCounts {
  readonly #counts = new Map<string, number>()
  readonly #sessions = new ConnectionMap<readonly string[]>()

  /** Of this client in all, or on one server. */
  of(client: string, server?: string): number {
    return this.#counts.get(keyOf(client, server)) ?? 0
  }

  add(id: ConnectionId, client: string, server: string | undefined): void {
    if (this.#sessions.get(id) !== undefined) return
    const keys = server === undefined ? [keyOf(client)] : [keyOf(client), keyOf(client, server)]
    this.#sessions.set(id, keys)
    for (const key of keys) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }

  remove(id: ConnectionId): void {
    for (const key of this.#sessions.get(id) ?? []) {
      const count = this.#counts.get(key) ?? 0
      if (count > 1) this.#counts.set(key, count - 1)
      else this.#counts.delete(key)
    }
    this.#sessions.delete(id)
  }
}

/** No address has a blank in it. */
function keyOf(client: string, server?: string): string {
  return server === undefined ? client : `${client} ${server}`
}
