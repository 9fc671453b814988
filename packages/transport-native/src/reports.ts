import { Buffer } from 'node:buffer'
import { getSystemErrorName } from 'node:util'
import type { AttemptFailure, ConnectionId, End } from '@infrarust/core'

// The records of `native/message.hpp`, read.
const HEAD_BYTES = 24
const FAILURE_BYTES = 8
const CAUSES = ['refused', 'unreachable', 'timeout', 'closed_early', 'error', 'exhausted'] as const

/** The kinds of report, by their number. */
export const REPORT = {
  accepted: 1,
  bytes: 2,
  ended: 3,
  dialled: 4,
  dialFailed: 5,
  overrun: 6,
  deadline: 7,
  finished: 8,
  unlistened: 9,
  acceptPaused: 10,
} as const

/** A batch of newcomers this large is handled in some milliseconds. */
const USUAL_BYTES = 8_192

/**
 * A cursor over a batch of reports: `next()` steps to one, the getters read it. Nothing is decoded that nobody asks
 * for, and views are into the batch.
 */
export class Reports {
  #memory = new ArrayBuffer(USUAL_BYTES)
  #view = new DataView(this.#memory)
  #bytes = Buffer.from(this.#memory)
  #end = 0
  #at = 0
  #next = 0
  #lastPeer = ''

  /** Where the next batch is to be written. */
  get memory(): ArrayBuffer {
    // One large report is no reason for large batches from then on.
    return this.#memory.byteLength === USUAL_BYTES ? this.#memory : this.makeRoom(USUAL_BYTES)
  }

  /** The same for a report that is larger than that. */
  makeRoom(bytes: number): ArrayBuffer {
    this.#memory = new ArrayBuffer(bytes)
    this.#view = new DataView(this.#memory)
    this.#bytes = Buffer.from(this.#memory)
    return this.#memory
  }

  /** Begins a batch that was written there. */
  open(bytes: number): void {
    this.#end = bytes
    this.#next = 0
  }

  next(): boolean {
    if (this.#next >= this.#end) return false
    this.#at = this.#next
    this.#next += this.#view.getUint32(this.#at, true)
    return true
  }

  get kind(): number {
    return this.#view.getUint8(this.#at + 4)
  }

  get id(): ConnectionId {
    return this.#view.getFloat64(this.#at + 8, true)
  }

  get at(): number {
    return this.#view.getFloat64(this.#at + 16, true)
  }

  /** The decision that `bytes`, `dialled`, `dial-failed`, `overrun` and `deadline` belong to. */
  get seq(): number {
    return this.#view.getUint32(this.#at + HEAD_BYTES, true)
  }

  get listener(): number {
    return this.seq
  }

  /** The peer and, where the listener has more than one address, the local one; then how long the first bytes are. */
  get accepted(): {
    readonly peerAddress: string
    readonly peerPort: number
    readonly localAddress: string
    readonly localPort: number
    readonly bytes: Uint8Array
  } {
    const fields = this.#at + HEAD_BYTES
    const peerAt = fields + 10
    const localAt = peerAt + this.#view.getUint8(fields + 8)
    const bytesAt = localAt + this.#view.getUint8(fields + 9)
    return {
      peerAddress: this.#peerText(peerAt, localAt),
      peerPort: this.#view.getUint16(fields + 4, true),
      localAddress: this.#bytes.toString('latin1', localAt, bytesAt),
      localPort: this.#view.getUint16(fields + 6, true),
      bytes: new Uint8Array(this.#memory, bytesAt, this.#next - bytesAt),
    }
  }

  /** Behind a load balancer everybody has one peer: its text is made, and hashed by whoever looks it up, once. */
  #peerText(start: number, end: number): string {
    if (!this.#spells(this.#lastPeer, start, end)) this.#lastPeer = this.#bytes.toString('latin1', start, end)
    return this.#lastPeer
  }

  #spells(text: string, start: number, end: number): boolean {
    if (text.length !== end - start) return false
    for (let at = start; at < end; at++) if (this.#bytes[at] !== text.charCodeAt(at - start)) return false
    return true
  }

  get bytes(): Uint8Array {
    const start = this.#at + HEAD_BYTES + 8
    return new Uint8Array(this.#memory, start, this.#next - start)
  }

  get ended(): 'fin' | 'reset' {
    return this.#detail === 0 ? 'fin' : 'reset'
  }

  get attempt(): number {
    return this.#detail
  }

  get connectMs(): number {
    return this.#view.getFloat64(this.#at + HEAD_BYTES + 8, true)
  }

  /** Of `dialled`, behind the time it took. */
  get earlierFailures(): readonly AttemptFailure[] {
    return this.#failures(this.#at + HEAD_BYTES + 16)
  }

  /** Of `dial-failed`. */
  get failures(): readonly AttemptFailure[] {
    return this.#failures(this.#at + HEAD_BYTES + 8)
  }

  get bytesIn(): number {
    return this.#view.getFloat64(this.#at + HEAD_BYTES, true)
  }

  get bytesOut(): number {
    return this.#view.getFloat64(this.#at + HEAD_BYTES + 8, true)
  }

  get end(): End {
    const how = this.#count
    switch (this.#detail) {
      case 1:
        return { by: 'client', how: how === 0 ? 'fin' : 'reset' }
      case 2:
        return { by: 'server', how: how === 0 ? 'fin' : 'reset' }
      default:
        return { by: 'gateway', how: how === 2 ? 'idle' : 'closed' }
    }
  }

  get pausedBy(): { readonly error: string; readonly listener: number } {
    const errno = this.#view.getInt32(this.#at + HEAD_BYTES, true)
    return { error: getSystemErrorName(-errno), listener: this.#view.getUint32(this.#at + HEAD_BYTES + 4, true) }
  }

  get #detail(): number {
    return this.#view.getUint8(this.#at + 5)
  }

  get #count(): number {
    return this.#view.getUint16(this.#at + 6, true)
  }

  #failures(start: number): readonly AttemptFailure[] {
    const failures: AttemptFailure[] = []
    for (let index = 0; index < this.#count; index++) {
      const at = start + index * FAILURE_BYTES
      const errno = this.#view.getInt32(at + 4, true)
      failures.push({
        attempt: this.#view.getUint8(at),
        cause: CAUSES[this.#view.getUint8(at + 1)] ?? 'error',
        message: errno === 0 ? 'closed before its first byte' : getSystemErrorName(-errno),
      })
    }
    return failures
  }
}
