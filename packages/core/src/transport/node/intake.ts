import type { Buffer } from 'node:buffer'
import type { TransportInput } from '../contract.ts'
import type { StreamCipher } from './cipher.ts'
import { UnreadBytes } from './unread-bytes.ts'

/** What the decision in force wants to know of the client. */
export type Wanted =
  /** Bytes as they come, up to so many. */
  | { readonly kind: 'bytes'; readonly maxBytes: number }
  /** Only that there are more than so many. */
  | { readonly kind: 'overrun'; readonly maxBytes: number }
  /** Only that it has ended. */
  | { readonly kind: 'end' }

/** What came from one side before a relay stands, and how much of it the handler was told. */
export class Intake {
  readonly unread: UnreadBytes = new UnreadBytes()
  /** The FIN of that side was read, or in a parley its end came otherwise. */
  hasEnded = false
  /** How many unread bytes the handler has seen and left where they are. */
  #shownBytes = 0
  #isEndTold = false
  #isOverrunTold = false

  /** Takes over `bytes`. */
  append(bytes: Buffer): void {
    this.unread.append(bytes)
  }

  /** A new decision is in force and has consumed so many bytes. */
  decided(consumed: number): void {
    this.#isOverrunTold = false
    if (consumed === 0) return
    this.unread.drop(Math.min(consumed, this.#shownBytes))
    // What is left counts as not shown: the logic is in another state now.
    this.#shownBytes = 0
  }

  /** What is left, and all that comes from now on, is ciphertext: it is shown as what it says. */
  decipher(cipher: StreamCipher): void {
    const left = this.unread.view(0, this.unread.length)
    this.unread.clear()
    if (left.length > 0) this.unread.append(cipher.decrypt(left))
    this.#shownBytes = 0
  }

  /** The next input that is due, and taken as told; undefined where there is none. */
  next(wanted: Wanted, at: number, decision: number): TransportInput | undefined {
    switch (wanted.kind) {
      case 'bytes': {
        const visible = Math.min(this.unread.length, wanted.maxBytes)
        if (visible > this.#shownBytes) {
          this.#shownBytes = visible
          return { kind: 'bytes', at, bytes: this.unread.view(0, visible) }
        }
        // FIN stands behind the bytes that there was no room to show.
        return this.unread.length <= wanted.maxBytes ? this.#end(at) : undefined
      }
      case 'overrun':
        if (this.unread.length > wanted.maxBytes && !this.#isOverrunTold) {
          this.#isOverrunTold = true
          return { kind: 'overrun', at, decision }
        }
        return this.#end(at)
      case 'end':
        return this.#end(at)
    }
  }

  #end(at: number): TransportInput | undefined {
    if (!this.hasEnded || this.#isEndTold) return undefined
    this.#isEndTold = true
    return { kind: 'ended', at, how: 'fin' }
  }
}
