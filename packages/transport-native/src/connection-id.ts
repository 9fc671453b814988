import type { ConnectionId } from '@infrarust/core/transport'
import { SLOT_BITS, THREAD_BITS } from './boundary.ts'

const SLOTS = 2 ** SLOT_BITS
export const MOST_THREADS: number = 2 ** THREAD_BITS

/** The relay thread that has this connection. */
export function threadOf(id: ConnectionId): number {
  return Math.floor(id / SLOTS) % MOST_THREADS
}

/** Its place in the table of that thread: small, dense, and used again by a later connection. */
export function slotOf(id: ConnectionId): number {
  return id % SLOTS
}
