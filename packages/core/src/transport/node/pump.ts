import type { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import type { End, KeepAlive } from '../contract.ts'
import { KEEP_ALIVE_AFTER_MS } from '../limits.ts'
import type { BackendOwner, BackendSocket } from './backend-socket.ts'
import type { ConnectionHost } from './connection-host.ts'
import { probe } from './keep-alive.ts'
import { BULK_BYTES, freeNow } from './read-buffers.ts'
import type { SocketWriter } from './socket-writer.ts'
import type { Batched, WriteBatch } from './write-batch.ts'

/** How often within an idle limit a relay is looked at: its end comes at most this part of the limit late. */
const LOOKS_PER_LIMIT = 4

/** What the pump tells its connection. */
export interface PumpEvents {
  /** One side has ended, and this was the first end. */
  endedBy(end: End): void
  backendReset(): void
  backendClosed(): void
}

/** A relay that stands: bytes both ways, each side read only as fast as the other takes them, half-close kept. */
export class Pump implements BackendOwner, Batched {
  readonly backend: BackendSocket
  readonly #client: Socket
  readonly #writer: SocketWriter
  readonly #events: PumpEvents
  readonly #idleMs: number
  readonly #halfClosedIdleMs: number
  readonly #now: () => number
  readonly #batch: WriteBatch
  readonly #keepAlive: KeepAlive
  /** Small reads that wait for the end of this turn of the event loop, to be written to the backend, to the client. */
  #up: Buffer | undefined
  #down: Buffer | undefined
  #isPutOff = false
  #hasClientEnded = false
  #hasServerEnded = false
  #movedAt: number
  #probeAt: number
  #moved = 0

  constructor(
    client: Socket,
    writer: SocketWriter,
    backend: BackendSocket,
    limits: { readonly idleMs: number; readonly halfClosedIdleMs: number },
    events: PumpEvents,
    host: Pick<ConnectionHost, 'now' | 'batch' | 'keepAlive'>,
  ) {
    this.#client = client
    this.#writer = writer
    this.backend = backend
    this.#events = events
    this.#idleMs = limits.idleMs
    this.#halfClosedIdleMs = limits.halfClosedIdleMs
    this.#now = host.now
    this.#batch = host.batch
    this.#movedAt = host.now()
    this.#probeAt = this.#movedAt + KEEP_ALIVE_AFTER_MS
    this.#keepAlive = host.keepAlive()
  }

  /** When to `look` next. */
  get lookAgainAt(): number {
    const limit = this.#limitMs
    return limit === 0 ? this.#probeAt : Math.min(this.#probeAt, this.#now() + limit / LOOKS_PER_LIMIT)
  }

  /**
   * Looks whether anything moved since the last look, so that no byte has to ask for the time.
   *
   * @returns whether the relay is idle for too long
   */
  look(now: number): boolean {
    if (this.#probeAt <= now) {
      this.#probeAt = Number.POSITIVE_INFINITY
      probe(this.#client, this.#keepAlive)
      this.backend.probe(this.#keepAlive)
    }
    const moved = this.#client.bytesRead + this.#client.bytesWritten + this.backend.bytesMoved
    if (moved !== this.#moved) {
      this.#moved = moved
      this.#movedAt = now
    }
    return this.#limitMs !== 0 && now - this.#movedAt >= this.#limitMs
  }

  clientSent(bytes: Buffer): void {
    this.#flushUp()
    if (bytes.length >= BULK_BYTES) {
      this.#writeUp(bytes)
      return
    }
    this.#up = bytes
    this.#putOff()
  }

  clientEnded(): void {
    this.#flushUp()
    this.#hasClientEnded = true
    this.#halfClose('client')
    if (this.#isOver && !this.backend.isHoldingBytes) this.backend.destroy()
    else this.backend.end()
  }

  clientDrained(): void {
    this.backend.resume()
  }

  connected(): void {}

  received(bytes: Buffer): boolean {
    this.#flushDown()
    if (bytes.length >= BULK_BYTES) return this.#writer.write(bytes)
    this.#down = bytes
    this.#putOff()
    return true
  }

  isHoldingBytes(): boolean {
    return this.#client.writableLength > 0
  }

  ended(): void {
    this.#flushDown()
    this.#hasServerEnded = true
    this.#halfClose('server')
    if (this.#isOver && !this.isHoldingBytes()) this.#client.destroy()
    else this.#client.end()
  }

  drained(): void {
    this.#client.resume()
  }

  failed(_code: string): void {
    this.#events.endedBy({ by: 'server', how: 'reset' })
    this.#events.backendReset()
  }

  closed(): void {
    this.#events.backendClosed()
  }

  flush(): void {
    this.#isPutOff = false
    this.#flushUp()
    this.#flushDown()
  }

  #putOff(): void {
    if (this.#isPutOff) return
    this.#isPutOff = true
    this.#batch.add(this)
  }

  #flushUp(): void {
    const bytes = this.#up
    if (bytes === undefined) return
    this.#up = undefined
    this.#writeUp(bytes)
  }

  #writeUp(bytes: Buffer): void {
    if (!this.backend.write(bytes)) this.#client.pause()
    // What the kernel has taken is nobody's any more.
    if (bytes.length >= BULK_BYTES && !this.backend.isHoldingBytes) freeNow(bytes)
  }

  #flushDown(): void {
    const bytes = this.#down
    if (bytes === undefined) return
    this.#down = undefined
    if (!this.#writer.write(bytes)) this.backend.pause()
  }

  /** Neither side says anything more. Closing sends the last FIN too, and a shutdown before it would cost as much again. */
  get #isOver(): boolean {
    return this.#hasClientEnded && this.#hasServerEnded
  }

  get #limitMs(): number {
    return this.#hasClientEnded || this.#hasServerEnded ? this.#halfClosedIdleMs : this.#idleMs
  }

  #halfClose(by: 'client' | 'server'): void {
    this.#movedAt = this.#now()
    this.#events.endedBy({ by, how: 'fin' })
  }
}
