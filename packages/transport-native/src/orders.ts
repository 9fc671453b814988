import { Buffer } from 'node:buffer'
import {
  type Attempt,
  type Close,
  type ConnectionId,
  isUnixName,
  type Parley,
  type Relay,
  type Respond,
} from '@infrarust/core/transport'
import { ATTEMPT, DECISION, LONGEST_ADDRESS_BYTES, OF_LISTENER, ORDER, ORDER_HEAD, PARLEY, RELAY } from './boundary.ts'
import type { SeenSide } from './connection-table.ts'

// Numbers of this module are part of the compiled code, where fields of an imported object would be loaded each time.
const { length: LENGTH, kind: KIND, detail: DETAIL, count: COUNT, id: ID, bytes: HEAD_BYTES } = ORDER_HEAD
const SEQ: number = HEAD_BYTES + DECISION.seq
const CONSUMED: number = HEAD_BYTES + DECISION.consumed
const SHOWN: number = HEAD_BYTES + DECISION.shown
const MAX_BYTES: number = HEAD_BYTES + DECISION.maxBytes
const IS_END_TOLD: number = HEAD_BYTES + DECISION.isEndTold
const CIPHER_BYTES: number = HEAD_BYTES + DECISION.cipherBytes
const DEADLINE_AT: number = HEAD_BYTES + DECISION.deadlineAt
const DECISION_BYTES: number = HEAD_BYTES + DECISION.bytes
const { headBytes: ATTEMPT_HEAD_BYTES, connectTimeoutMs: CONNECT_TIMEOUT_MS, port: PORT } = ATTEMPT
const { addressBytes: ADDRESS_BYTES, unused: UNUSED, bytes: ATTEMPT_BYTES } = ATTEMPT
/** They are counted in a byte. */
const MOST_ATTEMPTS = 255
const MOST_UINT32 = 0xffff_ffff

const USUAL_BYTES = 16_384
/** So many are sent without waiting for more. */
const FULL_BYTES = 131_072
const MOST_KEPT_BYTES = 4 * FULL_BYTES

/** What every decision record begins with. */
export interface DecisionHead {
  readonly id: ConnectionId
  readonly seq: number
  readonly consumed: number
  /** How many of the unconsumed bytes the logic has seen. */
  readonly shown: number
  readonly isEndTold: boolean
  readonly cipher: Uint8Array | undefined
}

/** Collects orders for one thread in a buffer that is used again. */
export class Orders {
  #buffer = new ArrayBuffer(USUAL_BYTES)
  #view = new DataView(this.#buffer)
  #bytes = Buffer.from(this.#buffer)
  #used = 0
  /** Where the record begins that was begun last. */
  #record = 0

  /** The records so far; valid until the next is written. */
  get buffer(): ArrayBuffer {
    return this.#buffer
  }

  get usedBytes(): number {
    return this.#used
  }

  /** Many large answers come together at times; what they needed is not kept. */
  clear(): void {
    this.#used = 0
    if (this.#buffer.byteLength > MOST_KEPT_BYTES) this.#use(new ArrayBuffer(USUAL_BYTES))
  }

  get isFull(): boolean {
    return this.#used >= FULL_BYTES
  }

  await(head: DecisionHead, maxBytes: number, deadlineAt: number): void {
    this.#decision(ORDER.await, head, 0, maxBytes, deadlineAt)
  }

  hold(head: DecisionHead, maxBytes: number, deadlineAt: number): void {
    this.#decision(ORDER.hold, head, 0, maxBytes, deadlineAt)
  }

  close(head: DecisionHead, how: Close['how']): void {
    this.#decision(ORDER.close, head, 0, 0, Number.POSITIVE_INFINITY)
    if (how === 'reset') this.#setDetail()
  }

  respond(head: DecisionHead, { bytes, then }: Respond): void {
    const at =
      then.kind === 'close'
        ? this.#decision(ORDER.respond, head, bytes.length, 0, Number.POSITIVE_INFINITY)
        : this.#decision(ORDER.respond, head, bytes.length, then.maxBytes, then.deadlineAt)
    if (then.kind === 'close') this.#setDetail()
    this.#bytes.set(bytes, at)
  }

  /** @param fromServer bytes that are dropped of `server`, which the logic has seen the rest of */
  parley(head: DecisionHead, server: SeenSide, fromServer: number, decision: Parley): void {
    const { toClient, toServer, maxBytes, deadlineAt, then } = decision
    const length = PARLEY.bytes + toClient.length + toServer.length
    const at = this.#decision(ORDER.parley, head, length, maxBytes, deadlineAt)
    if (then === 'pump') this.#setDetail()
    const view = this.#view
    view.setUint32(at + PARLEY.consumed, fromServer, true)
    view.setUint32(at + PARLEY.shown, server.shownBytes, true)
    view.setUint32(at + PARLEY.maxBytes, uint32(decision.maxServerBytes), true)
    view.setUint32(at + PARLEY.isEndTold, server.isEndTold ? 1 : 0, true)
    view.setUint32(at + PARLEY.toClientBytes, toClient.length, true)
    this.#bytes.set(toClient, at + PARLEY.bytes)
    this.#bytes.set(toServer, at + PARLEY.bytes + toClient.length)
  }

  relay(head: DecisionHead, relay: Relay): void {
    const attempts = relay.attempts.length > MOST_ATTEMPTS ? relay.attempts.slice(0, MOST_ATTEMPTS) : relay.attempts
    let length = RELAY.bytes
    for (const attempt of attempts) length += ATTEMPT_BYTES + LONGEST_ADDRESS_BYTES + attempt.head.length
    let at = this.#decision(ORDER.relay, head, length, 0, relay.deadlineAt)
    const start = this.#record
    const view = this.#view
    view.setUint16(start + COUNT, attempts.length, true)
    if (relay.parley) this.#setDetail()
    view.setUint32(at + RELAY.replayLimitBytes, uint32(relay.replayLimitBytes), true)
    view.setUint32(at + RELAY.idleMs, uint32(relay.idleMs), true)
    view.setUint32(at + RELAY.halfClosedIdleMs, uint32(relay.halfClosedIdleMs), true)
    at += RELAY.bytes
    for (const attempt of attempts) at = this.#attempt(at, attempt)
    // Addresses are shorter than the longest: give back what they did not need.
    this.#used = at
    view.setUint32(start + LENGTH, at - start, true)
  }

  unlisten(listener: number): void {
    this.#begin(ORDER.unlisten, 0, HEAD_BYTES + OF_LISTENER.bytes)
    this.#view.setUint32(this.#record + HEAD_BYTES + OF_LISTENER.listener, listener, true)
  }

  destroyAll(): void {
    this.#begin(ORDER.destroyAll, 0, HEAD_BYTES)
  }

  #attempt(at: number, { address, port, head, connectTimeoutMs }: Attempt): number {
    const view = this.#view
    const text = at + ATTEMPT_BYTES
    const addressBytes = port === undefined ? this.#unixName(text, address) : this.#address(text, address, port)
    view.setUint32(at + ATTEMPT_HEAD_BYTES, head.length, true)
    view.setUint32(at + CONNECT_TIMEOUT_MS, uint32(connectTimeoutMs), true)
    view.setUint16(at + PORT, port ?? 0, true)
    view.setUint8(at + ADDRESS_BYTES, addressBytes)
    view.setUint8(at + UNUSED, 0)
    this.#bytes.set(head, text + addressBytes)
    return text + addressBytes + head.length
  }

  /** @returns its length; what cannot be dialled goes without an address, and the attempt fails for that */
  #address(at: number, address: string, port: number): number {
    const isDialable = Number.isInteger(port) && port >= 0 && port <= 0xffff && address.length <= LONGEST_ADDRESS_BYTES
    if (!isDialable) return 0
    // Character by character: a dozen of them cost less than a call into Node.
    for (let index = 0; index < address.length; index++) this.#view.setUint8(at + index, address.charCodeAt(index))
    return address.length
  }

  #unixName(at: number, name: string): number {
    return isUnixName(name) && Buffer.byteLength(name) <= LONGEST_ADDRESS_BYTES ? this.#bytes.write(name, at) : 0
  }

  /** @returns where so many bytes of its payload go */
  #decision(kind: number, head: DecisionHead, payload: number, maxBytes: number, deadlineAt: number): number {
    const { cipher } = head
    const cipherBytes = cipher === undefined ? 0 : cipher.length
    this.#begin(kind, head.id, DECISION_BYTES + cipherBytes + payload)
    const at = this.#record
    const view = this.#view
    view.setUint32(at + SEQ, head.seq, true)
    view.setUint32(at + CONSUMED, head.consumed, true)
    view.setUint32(at + SHOWN, head.shown, true)
    view.setUint32(at + MAX_BYTES, uint32(maxBytes), true)
    view.setUint32(at + IS_END_TOLD, head.isEndTold ? 1 : 0, true)
    view.setUint32(at + CIPHER_BYTES, cipherBytes, true)
    view.setFloat64(at + DEADLINE_AT, deadlineAt, true)
    if (cipher !== undefined) this.#bytes.set(cipher, at + DECISION_BYTES)
    return at + DECISION_BYTES + cipherBytes
  }

  #begin(kind: number, id: ConnectionId, length: number): void {
    this.#makeRoom(length)
    const at = this.#used
    this.#record = at
    this.#used += length
    this.#view.setUint32(at + LENGTH, length, true)
    this.#view.setUint8(at + KIND, kind)
    // The memory was used before.
    this.#view.setUint8(at + DETAIL, 0)
    this.#view.setUint16(at + COUNT, 0, true)
    this.#view.setFloat64(at + ID, id, true)
  }

  /** Of the record that was begun last. */
  #setDetail(): void {
    this.#view.setUint8(this.#record + DETAIL, 1)
  }

  #makeRoom(bytes: number): void {
    if (this.#used + bytes <= this.#buffer.byteLength) return
    const written = this.#bytes.subarray(0, this.#used)
    this.#use(new ArrayBuffer(2 * (this.#used + bytes)))
    this.#bytes.set(written)
  }

  #use(buffer: ArrayBuffer): void {
    this.#buffer = buffer
    this.#view = new DataView(buffer)
    this.#bytes = Buffer.from(buffer)
  }
}

/** `Infinity` and what does not fit are as good as never and as much as one likes. */
function uint32(value: number): number {
  return Math.min(MOST_UINT32, Math.max(0, Math.ceil(value)))
}
