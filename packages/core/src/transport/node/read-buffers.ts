import { Buffer } from 'node:buffer'
import { READ_BYTES } from '../limits.ts'
import type { PendingBytes } from './pending-bytes.ts'

/** A read of so many bytes is bulk: its socket gets a read buffer of its own, and it is written on at once. */
export const BULK_BYTES = 16_384

/** How many buffers of busy sockets are kept for the next ones. */
const SPARE_BUFFERS = 16

/**
 * The buffers that dialled sockets read into. An idle socket has none of its own: all of them read into `shared`, and
 * what was read there is copied out at once. A socket in bulk transfer gets one of its own, whose bytes are written on
 * without a copy.
 */
export class ReadBuffers {
  readonly shared: Buffer = Buffer.allocUnsafeSlow(READ_BYTES)
  readonly pending: PendingBytes
  readonly #spare: Buffer[] = []

  constructor(pending: PendingBytes) {
    this.pending = pending
  }

  /** As much of it as may be read at once now. */
  roomIn(buffer: Buffer): Buffer {
    const { readBytes } = this.pending
    return readBytes < buffer.length ? buffer.subarray(0, readBytes) : buffer
  }

  take(): Buffer {
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(READ_BYTES)
  }

  giveBack(buffer: Buffer): void {
    if (this.#spare.length < SPARE_BUFFERS) this.#spare.push(buffer)
  }
}

/**
 * Gives the memory of a large read back at once. An accepted socket reads into 65,536 new bytes each time; left to the
 * collector they pile up until it marks the whole heap, and each read begins in cold memory: half the bytes a second.
 *
 * @param bytes a read of `node:net`, at which nobody looks any more
 */
export function freeNow({ buffer, length }: Uint8Array): void {
  // A slice of something larger, as of Node's pool, has memory that is not its own.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === length) buffer.transfer(0)
}
