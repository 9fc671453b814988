import { Buffer } from 'node:buffer'
import { connect, type OnReadOpts, type Socket } from 'node:net'
import { isUnixName, unixPath } from '../../addresses/unix-name.ts'
import type { Attempt, KeepAlive } from '../contract.ts'
import { probe } from './keep-alive.ts'
import { BULK_BYTES, freeNow, type ReadBuffers } from './read-buffers.ts'
import { reset } from './reset.ts'
import { SocketWriter } from './socket-writer.ts'

/** Who owns a dialled socket: first the dial, then the relay. */
export interface BackendOwner {
  connected(): void
  /**
   * @param bytes a buffer of their own below BULK_BYTES; above it perhaps a view, see `isHoldingBytes`
   * @returns whether to go on reading; `resume` does it later
   */
  received(bytes: Buffer): boolean
  /** Whether bytes given to `received` are still waiting to be written, so that their memory must not be read into. */
  isHoldingBytes(): boolean
  ended(): void
  drained(): void
  failed(code: string): void
  /** The descriptor is closed. The last call. */
  closed(): void
}

/**
 * A dialled socket. It reads into buffers that are used again (`onread` of `node:net`), which accepted sockets cannot:
 * `net.Server` makes them without it.
 */
export class BackendSocket {
  owner: BackendOwner
  readonly #buffers: ReadBuffers
  readonly #socket: Socket
  readonly #writer: SocketWriter
  readonly #isUnix: boolean
  #buffer: Buffer

  /** @param attempt an IP address and a port, or a Unix socket; others throw */
  constructor(attempt: Attempt, buffers: ReadBuffers, owner: BackendOwner) {
    this.owner = owner
    this.#buffers = buffers
    this.#buffer = buffers.shared
    this.#isUnix = attempt.port === undefined
    const onread: OnReadOpts = {
      buffer: () => buffers.roomIn(this.#buffer),
      callback: (bytes) => this.#received(bytes),
    }
    this.#socket =
      attempt.port === undefined
        ? connect({ path: pathOf(attempt), allowHalfOpen: true, onread })
        : connect({ host: attempt.address, port: attempt.port, allowHalfOpen: true, autoSelectFamily: false, onread })
    this.#writer = new SocketWriter(this.#socket, buffers.pending, () => this.owner.drained())
    this.#socket
      .on('connect', () => this.owner.connected())
      .on('end', () => this.owner.ended())
      .on('error', (error: NodeJS.ErrnoException) => this.owner.failed(error.code ?? error.message))
      .on('close', () => this.#closed())
  }

  /** @returns false where the caller must stop giving until `drained` */
  write(bytes: Uint8Array): boolean {
    return this.#writer.write(bytes)
  }

  /** Whether some of what was written still waits, and its memory is in use. */
  get isHoldingBytes(): boolean {
    return this.#socket.writableLength > 0
  }

  probe(keepAlive: KeepAlive): void {
    probe(this.#socket, keepAlive)
  }

  end(): void {
    this.#socket.end()
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  get bytesMoved(): number {
    return this.#socket.bytesRead + this.#socket.bytesWritten
  }

  /** Closes after what was written has gone out. */
  endAndDestroy(): void {
    this.#socket.destroySoon()
  }

  /** Closes without waiting for anything. */
  destroy(): void {
    this.#socket.destroy()
  }

  reset(): void {
    reset(this.#socket, this.#isUnix)
  }

  #received(length: number): boolean {
    const buffer = this.#buffer
    const isShared = buffer === this.#buffers.shared
    if (isShared || length < BULK_BYTES) {
      const copy = Buffer.allocUnsafe(length)
      buffer.copy(copy, 0, 0, length)
      if (!isShared && !this.owner.isHoldingBytes()) this.#leaveBulk()
      const goesOn = this.owner.received(copy)
      if (isShared && length >= BULK_BYTES && !this.owner.isHoldingBytes()) {
        // `node:net` asks for the next buffer when this returns.
        this.#buffer = this.#buffers.take()
        freeNow(copy)
      }
      return goesOn
    }
    const goesOn = this.owner.received(buffer.subarray(0, length))
    // Who waits for somebody to read on has no second one meanwhile.
    if (this.owner.isHoldingBytes()) this.#buffer = this.#buffers.shared
    return goesOn
  }

  #leaveBulk(): void {
    this.#buffers.giveBack(this.#buffer)
    this.#buffer = this.#buffers.shared
  }

  #closed(): void {
    // Not given back: a write to the client may still hold it.
    this.#buffer = this.#buffers.shared
    this.owner.closed()
  }
}

function pathOf({ address }: Attempt): string {
  return isUnixName(address) ? unixPath(address) : address
}
