import type { ConnectionHandler, ConnectionId, KeepAlive } from '../contract.ts'
import type { PendingBytes } from './pending-bytes.ts'
import type { ReadBuffers } from './read-buffers.ts'
import type { TimerWheel } from './timer-wheel.ts'
import type { WriteBatch } from './write-batch.ts'

/** What all connections of a transport share. */
export interface ConnectionHost {
  readonly handler: ConnectionHandler
  readonly wheel: TimerWheel
  readonly buffers: ReadBuffers
  readonly pending: PendingBytes
  readonly batch: WriteBatch
  readonly now: () => number
  /** For what begins from now on. */
  keepAlive(): KeepAlive
  /** A fault of our own, for the operator. */
  fault(message: string): void
  /** The connection is over: forget it. */
  forget(id: ConnectionId): void
}
