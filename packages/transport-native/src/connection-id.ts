import type { ConnectionId } from '@infrarust/core'

// An id is 27 bits generation, 6 bits thread, 20 bits slot: `native/table.hpp` makes them.
const SLOTS = 2 ** 20
export const MOST_THREADS: number = 2 ** 6

/** The relay thread that has this connection. */
export function threadOf(id: ConnectionId): number {
  return Math.floor(id / SLOTS) % MOST_THREADS
}

/** Its place in the table of that thread: small, dense, and used again by a later connection. */
export function slotOf(id: ConnectionId): number {
  return id % SLOTS
}
