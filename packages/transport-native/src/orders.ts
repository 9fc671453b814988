import { Buffer } from 'node:buffer'
import type { Attempt, Close, ConnectionId, Relay, Respond } from '@infrarust/core'

// The records of `native/message.hpp`, JavaScript's side.
const KIND = { await: 1, respond: 2, hold: 3, relay: 4, close: 5, unlisten: 7, destroyAll: 8 }
const HEAD_BYTES = 16
const DECISION_BYTES = 40
const RELAY_BYTES = 12
const ATTEMPT_BYTES = 12
const LONGEST_ADDRESS = 45
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
}

/** Collects orders for one thread in a buffer that is used again. */
export class Orders {
  #buffer = new ArrayBuffer(USUAL_BYTES)
  #view = new DataView(this.#buffer)
  #bytes = Buffer.from(this.#buffer)
  #used = 0

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
    this.#decision(KIND.await, head, DECISION_BYTES, maxBytes, deadlineAt)
  }

  hold(head: DecisionHead, maxBytes: number, deadlineAt: number): void {
    this.#decision(KIND.hold, head, DECISION_BYTES, maxBytes, deadlineAt)
  }

  close(head: DecisionHead, how: Close['how']): void {
    const at = this.#decision(KIND.close, head, DECISION_BYTES, 0, Number.POSITIVE_INFINITY)
    this.#view.setUint8(at + 5, how === 'reset' ? 1 : 0)
  }

  respond(head: DecisionHead, { bytes, then }: Respond): void {
    const isLast = then.kind === 'close'
    const at = this.#decision(
      KIND.respond,
      head,
      DECISION_BYTES + bytes.length,
      isLast ? 0 : then.maxBytes,
      isLast ? Number.POSITIVE_INFINITY : then.deadlineAt,
    )
    this.#view.setUint8(at + 5, isLast ? 1 : 0)
    this.#bytes.set(bytes, at + DECISION_BYTES)
  }

  relay(head: DecisionHead, relay: Relay): void {
    const attempts = relay.attempts.length > MOST_ATTEMPTS ? relay.attempts.slice(0, MOST_ATTEMPTS) : relay.attempts
    let length = DECISION_BYTES + RELAY_BYTES
    for (const attempt of attempts) length += ATTEMPT_BYTES + LONGEST_ADDRESS + attempt.head.length
    const start = this.#decision(KIND.relay, head, length, 0, relay.deadlineAt)
    const view = this.#view
    view.setUint16(start + 6, attempts.length, true)
    let at = start + DECISION_BYTES
    view.setUint32(at, uint32(relay.replayLimitBytes), true)
    view.setUint32(at + 4, uint32(relay.idleMs), true)
    view.setUint32(at + 8, uint32(relay.halfClosedIdleMs), true)
    at += RELAY_BYTES
    for (const attempt of attempts) at = this.#attempt(at, attempt)
    // Addresses are shorter than the longest: give back what they did not need.
    this.#used = at
    view.setUint32(start, at - start, true)
  }

  unlisten(listener: number): void {
    const at = this.#record(KIND.unlisten, 0, HEAD_BYTES + 4)
    this.#view.setUint32(at + HEAD_BYTES, listener, true)
  }

  destroyAll(): void {
    this.#record(KIND.destroyAll, 0, HEAD_BYTES)
  }

  #attempt(at: number, { address, port, head, connectTimeoutMs }: Attempt): number {
    const view = this.#view
    // What cannot be dialled goes without an address, and the attempt fails as one that the system refuses.
    const isDialable = Number.isInteger(port) && port >= 0 && port <= 0xffff && address.length <= LONGEST_ADDRESS
    const addressBytes = isDialable ? address.length : 0
    // Character by character: a dozen of them cost less than a call into Node.
    for (let index = 0; index < addressBytes; index++)
      view.setUint8(at + ATTEMPT_BYTES + index, address.charCodeAt(index))
    view.setUint32(at, head.length, true)
    view.setUint32(at + 4, uint32(connectTimeoutMs), true)
    view.setUint16(at + 8, port, true)
    view.setUint8(at + 10, addressBytes)
    view.setUint8(at + 11, 0)
    this.#bytes.set(head, at + ATTEMPT_BYTES + addressBytes)
    return at + ATTEMPT_BYTES + addressBytes + head.length
  }

  #decision(kind: number, head: DecisionHead, length: number, maxBytes: number, deadlineAt: number): number {
    const at = this.#record(kind, head.id, length)
    const view = this.#view
    view.setUint32(at + 16, head.seq, true)
    view.setUint32(at + 20, head.consumed, true)
    view.setUint32(at + 24, head.shown, true)
    view.setUint32(at + 28, uint32(maxBytes), true)
    view.setFloat64(at + 32, deadlineAt, true)
    return at
  }

  #record(kind: number, id: ConnectionId, length: number): number {
    this.#makeRoom(length)
    const at = this.#used
    this.#used += length
    this.#view.setUint32(at, length, true)
    this.#view.setUint32(at + 4, kind, true)
    this.#view.setFloat64(at + 8, id, true)
    return at
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
