import { Buffer } from 'node:buffer'

/**
 * The client's bytes before a relay: what the transport shows, how much of it is consumed, and what a backend is to
 * get. Views into the transport's buffer live until the decision is made; `settle` copies what must live longer.
 */
export class Intake {
  /** The client's side was closed in order. */
  hasEnded = false
  #shown = NO_BYTES
  #taken = 0
  /** Where in `shown` the kept bytes begin that were not copied yet. */
  #keptFrom = 0
  #kept = NO_BYTES

  /** Everything unconsumed, as the transport shows it. */
  show(bytes: Uint8Array): void {
    this.#shown = bytes
    this.#taken = 0
    this.#keptFrom = 0
  }

  /** What came and was not consumed. Empty for an input that shows none, although the transport may hold some. */
  get unread(): Uint8Array {
    return this.#taken === 0 ? this.#shown : this.#shown.subarray(this.#taken)
  }

  get unreadBytes(): number {
    return this.#shown.length - this.#taken
  }

  /** Consumes bytes that concern nobody behind this gateway, such as the received PROXY header. */
  drop(count: number): void {
    if (this.#taken > this.#keptFrom) this.#kept = concat(this.#kept, this.#shown.subarray(this.#keptFrom, this.#taken))
    this.#taken += count
    this.#keptFrom = this.#taken
  }

  /** Consumes bytes that a backend is to get. */
  keep(count: number): void {
    this.#taken += count
  }

  /** The same for bytes at the front that an earlier input has shown. */
  keepShownBefore(bytes: Uint8Array): void {
    this.show(bytes)
    this.keep(bytes.length)
  }

  /** All that was kept, from the first byte after the PROXY header. A view until `settle` was called. */
  get kept(): Uint8Array {
    const fresh = this.#shown.subarray(this.#keptFrom, this.#taken)
    if (this.#kept.length === 0) return fresh
    return fresh.length === 0 ? this.#kept : concat(this.#kept, fresh)
  }

  /** Lets go of everything: a relay may last for hours, and a view keeps all of its buffer alive. */
  forget(): void {
    this.show(NO_BYTES)
    this.#kept = NO_BYTES
  }

  /**
   * Ends the work on one input.
   *
   * @returns how many bytes it consumed
   */
  settle(isKeptNeeded: boolean): number {
    const consumed = this.#taken
    if (isKeptNeeded && this.#taken > this.#keptFrom) {
      const fresh = this.#shown.subarray(this.#keptFrom, this.#taken)
      this.#kept = concat(this.#kept, fresh)
    }
    this.show(NO_BYTES)
    return consumed
  }
}

const NO_BYTES: Uint8Array = new Uint8Array(0)

/** Always a copy; a slice of Node's pool, since what is joined here lives for one dial or one answer. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const all = Buffer.allocUnsafe(length)
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
