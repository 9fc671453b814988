import { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import type { StreamCipher } from './cipher.ts'
import type { PendingBytes } from './pending-bytes.ts'
import { BULK_BYTES, freeNow } from './read-buffers.ts'

const NOTHING = Buffer.alloc(0)

/** What surely fits one segment: every path carries an IPv6 packet of 1,280 bytes. */
const ONE_SEGMENT_BYTES = 1_200

/**
 * Writes to a socket, and does on the way what most sockets never need: the first segment leaves at once with Nagle's
 * algorithm too, a list ping or a refused login has no second one, and nobody who keeps up has to be waited for.
 */
export class SocketWriter {
  readonly #socket: Socket
  readonly #pending: PendingBytes
  readonly #drained: () => void
  #heldBytes = 0
  #nagle: 'harmless' | 'in the way' | 'off' = 'harmless'
  #listens = false
  #cipher: StreamCipher | undefined

  /**
   * @param pending counts what waits here
   * @param drained after each write that returned false, once there is room again
   */
  constructor(socket: Socket, pending: PendingBytes, drained: () => void) {
    this.#socket = socket
    this.#pending = pending
    this.#drained = drained
  }

  /** What is written from now on leaves as ciphertext. */
  encipher(cipher: StreamCipher): void {
    this.#cipher = cipher
  }

  /** @returns false where the caller must stop giving until `drained` */
  write(plain: Uint8Array): boolean {
    const bytes = this.#cipher === undefined ? plain : this.#cipher.encrypt(plain)
    if (this.#nagle === 'in the way' || bytes.length > ONE_SEGMENT_BYTES) this.#noDelay()
    else if (this.#nagle === 'harmless') this.#nagle = 'in the way'
    const goesOn = this.#socket.write(bytes)
    const waitingBytes = this.#socket.writableLength
    if (goesOn && waitingBytes === 0) {
      if (this.#cipher !== undefined && bytes.length >= BULK_BYTES) freeNow(bytes)
      return true
    }
    if (!this.#listens) {
      this.#listens = true
      this.#socket.on('drain', this.#onTaken).on('close', this.drop)
    }
    // Node itself would take 64 KiB more before it asks to wait, and tell of nothing when less than that has gone.
    if (goesOn) this.#socket.write(NOTHING, this.#onTaken)
    this.#hold(waitingBytes)
    return false
  }

  /** What waits is not going to be sent any more. */
  readonly drop = (): void => this.#hold(0)

  readonly #onTaken = (error?: Error | null): void => {
    if (error) return
    this.#hold(this.#socket.writableLength)
    this.#drained()
  }

  #hold(bytes: number): void {
    this.#pending.change(bytes - this.#heldBytes)
    this.#heldBytes = bytes
  }

  #noDelay(): void {
    if (this.#nagle === 'off') return
    this.#nagle = 'off'
    this.#socket.setNoDelay()
  }
}
