import { Buffer } from 'node:buffer'
import { getSystemErrorName } from 'node:util'
import { type AttemptFailure, type ConnectionId, type DialEnd, dialFailure, type End } from '@infrarust/core/transport'
import {
  ACCEPT_PAUSED,
  ACCEPTED,
  ANSWERING,
  BY,
  DIALLED,
  FAILED,
  FAILURE,
  FINISHED,
  HOW,
  OF_LISTENER,
  REPORT_HEAD,
} from './boundary.ts'

// Numbers of this module are part of the compiled code, where fields of an imported object would be loaded each time.
const { length: LENGTH, kind: KIND, detail: DETAIL, count: COUNT, id: ID, at: AT, bytes: HEAD_BYTES } = REPORT_HEAD
const SEQ: number = HEAD_BYTES + ANSWERING.seq
const { listener: LISTENER, peerPort: PEER_PORT, localPort: LOCAL_PORT, bytes: ACCEPTED_BYTES } = ACCEPTED
const { peerBytes: PEER_BYTES, localBytes: LOCAL_BYTES } = ACCEPTED

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
    this.#next += this.#view.getUint32(this.#at + LENGTH, true)
    return true
  }

  get kind(): number {
    return this.#view.getUint8(this.#at + KIND)
  }

  get id(): ConnectionId {
    return this.#view.getFloat64(this.#at + ID, true)
  }

  get at(): number {
    return this.#view.getFloat64(this.#at + AT, true)
  }

  /** The decision that was in force when this was reported; only what is about a decision, or depends on it, has one. */
  get seq(): number {
    return this.#view.getUint32(this.#at + SEQ, true)
  }

  /** Of `unlistened`. */
  get listener(): number {
    return this.#view.getUint32(this.#fields + OF_LISTENER.listener, true)
  }

  /**
   * The peer, '' at a Unix socket, and, where the listener has more than one address, the local one; then how long the first
   * bytes are.
   */
  get accepted(): {
    readonly listener: number
    readonly peerAddress: string
    readonly peerPort: number
    readonly localAddress: string
    readonly localPort: number
    readonly bytes: Uint8Array
  } {
    const fields = this.#fields
    const peerAt = fields + ACCEPTED_BYTES
    const localAt = peerAt + this.#view.getUint8(fields + PEER_BYTES)
    const bytesAt = localAt + this.#view.getUint8(fields + LOCAL_BYTES)
    return {
      listener: this.#view.getUint32(fields + LISTENER, true),
      peerAddress: this.#peerText(peerAt, localAt),
      peerPort: this.#view.getUint16(fields + PEER_PORT, true),
      localAddress: this.#bytes.toString('latin1', localAt, bytesAt),
      localPort: this.#view.getUint16(fields + LOCAL_PORT, true),
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
    const start = this.#fields + ANSWERING.bytes
    return new Uint8Array(this.#memory, start, this.#next - start)
  }

  get ended(): 'fin' | 'reset' {
    return finOrReset(this.#detail)
  }

  /** Of `dialled`: whether a parley begins. */
  get isParley(): boolean {
    return this.#view.getUint32(this.#fields + DIALLED.isParley, true) === 1
  }

  get attempt(): number {
    return this.#detail
  }

  get connectMs(): number {
    return this.#view.getFloat64(this.#fields + DIALLED.connectMs, true)
  }

  /** Of `dialled`, behind the time it took. */
  get earlierFailures(): readonly AttemptFailure[] {
    return this.#failures(this.#fields + DIALLED.bytes)
  }

  /** Of `dial-failed`. */
  get failures(): readonly AttemptFailure[] {
    return this.#failures(this.#fields + ANSWERING.bytes)
  }

  get bytesIn(): number {
    return this.#view.getFloat64(this.#fields + FINISHED.bytesIn, true)
  }

  get bytesOut(): number {
    return this.#view.getFloat64(this.#fields + FINISHED.bytesOut, true)
  }

  get end(): End {
    const how = this.#count
    switch (this.#detail) {
      case BY.client:
        return { by: 'client', how: finOrReset(how) }
      case BY.server:
        return { by: 'server', how: finOrReset(how) }
      default:
        return { by: 'gateway', how: how === HOW.idle ? 'idle' : 'closed' }
    }
  }

  get pausedBy(): { readonly error: string; readonly listener: number } {
    const errno = this.#view.getInt32(this.#fields + ACCEPT_PAUSED.error, true)
    const listener = this.#view.getUint32(this.#fields + ACCEPT_PAUSED.listener, true)
    return { error: getSystemErrorName(-errno), listener }
  }

  get #fields(): number {
    return this.#at + HEAD_BYTES
  }

  get #detail(): number {
    return this.#view.getUint8(this.#at + DETAIL)
  }

  get #count(): number {
    return this.#view.getUint16(this.#at + COUNT, true)
  }

  #failures(start: number): readonly AttemptFailure[] {
    const failures: AttemptFailure[] = []
    for (let index = 0; index < this.#count; index++) {
      const at = start + index * FAILURE.bytes
      const how = this.#view.getUint8(at + FAILURE.how)
      const number = this.#view.getInt32(at + FAILURE.number, true)
      failures.push(dialFailure(this.#view.getUint8(at + FAILURE.attempt), dialEnd(how, number)))
    }
    return failures
  }
}

function finOrReset(how: number): 'fin' | 'reset' {
  return how === HOW.fin ? 'fin' : 'reset'
}

function dialEnd(how: number, number: number): DialEnd {
  switch (how) {
    case FAILED.connectTimeout:
      return { kind: 'connect-timeout', afterMs: number }
    case FAILED.notAnAddress:
      return { kind: 'not-an-address' }
    default: {
      const isConnected = how === FAILED.connected
      if (isConnected && number === 0) return { kind: 'fin' }
      return { kind: 'system-error', code: getSystemErrorName(-number), isConnected }
    }
  }
}
