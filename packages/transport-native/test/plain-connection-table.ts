import type { ConnectionId } from '@infrarust/core/transport'
import type { NativeConnection } from '../src/connection-table.ts'

/** What `ConnectionTable` does, in the plainest way. */
export class PlainConnectionTable {
  readonly #entries = new Map<ConnectionId, NativeConnection>()

  get size(): number {
    return this.#entries.size
  }

  add(id: ConnectionId): NativeConnection {
    const seen = { consumableBytes: 0, shownBytes: 0, isEndTold: false }
    const entry: NativeConnection = { id, seq: 0, ...seen, phase: { kind: 'open', isCiphered: false } }
    this.#entries.set(id, entry)
    return entry
  }

  get(id: ConnectionId): NativeConnection | undefined {
    return this.#entries.get(id)
  }

  delete(id: ConnectionId): void {
    this.#entries.delete(id)
  }
}
