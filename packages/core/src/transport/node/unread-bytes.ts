import { Buffer } from 'node:buffer'

const EMPTY = Buffer.alloc(0)

/**
 * What a client sent and nobody consumed yet. Room is made for what has come, never for what a peer announces; the
 * usual first segment is kept as it was read, without a copy.
 */
export class UnreadBytes {
  #buffer: Buffer = EMPTY
  #start = 0
  #end = 0

  get length(): number {
    return this.#end - this.#start
  }

  /** Takes over `chunk`. */
  append(chunk: Buffer): void {
    if (this.length === 0) {
      this.#buffer = chunk
      this.#start = 0
      this.#end = chunk.length
      return
    }
    const length = this.length + chunk.length
    if (this.#end + chunk.length > this.#buffer.length) {
      // Doubling keeps a client that sends byte by byte from costing the square of what it sends.
      const roomier = Buffer.allocUnsafeSlow(2 * length)
      this.#buffer.copy(roomier, 0, this.#start, this.#end)
      this.#buffer = roomier
      this.#start = 0
      this.#end = length - chunk.length
    }
    chunk.copy(this.#buffer, this.#end)
    this.#end += chunk.length
  }

  /** A view of the bytes from offset `from` to `to`; the end where it lies before `to`. */
  view(from: number, to: number): Buffer {
    return this.#buffer.subarray(this.#start + from, Math.min(this.#start + to, this.#end))
  }

  drop(bytes: number): void {
    this.#start += bytes
    if (this.#start >= this.#end) this.clear()
  }

  clear(): void {
    this.#buffer = EMPTY
    this.#start = 0
    this.#end = 0
  }
}
