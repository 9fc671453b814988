import { type Decoded, decoded, type Incomplete, incomplete } from './decoded.ts'
import { type Malformed, type MalformedCode, malformed } from './errors.ts'
import { frameBounds } from './frame.ts'
import { decodeUtf8, decodeUtf8Replacing } from './utf8.ts'
import { decodeUuid } from './uuid.ts'
import { decodeVarInt } from './varint.ts'

/**
 * Reads the fields of one packet in their order, whether or not all of it has arrived. The first field that is missing
 * or wrong stops it: from then on every read gives an empty value, and `finish` tells what stopped it. Reading from
 * the left is also what makes the result the same for every fragmentation, and a refusal as early as the bytes allow.
 */
export class FieldReader {
  readonly #bytes: Uint8Array
  readonly #end: number
  #position: number
  #stopped: Incomplete | Malformed | undefined

  /**
   * @param end offset at which the packet ends; `bytes` may be shorter (still to come) or longer (not looked at).
   *   Infinity for the packets before 1.7, which do not say
   */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes
    this.#position = start
    this.#end = end
  }

  /** Opens a frame, of at most `limitBytes` with its length field, at the first byte. */
  static ofFrame(bytes: Uint8Array, limitBytes: number): FieldReader {
    const bounds = frameBounds(bytes, limitBytes)
    if (bounds.kind === 'bounds') return new FieldReader(bytes, bounds.bodyStart, bounds.bodyEnd)
    const reader = new FieldReader(bytes, 0, 0)
    reader.#stopped = bounds
    return reader
  }

  /** Opens a frame that must hold this packet, at the first byte behind its id. */
  static ofPacket(bytes: Uint8Array, packetId: number, limitBytes: number): FieldReader {
    const reader = FieldReader.ofFrame(bytes, limitBytes)
    const idAt = reader.position
    if (reader.varInt() !== packetId) reader.refuse('packet-id', idAt)
    return reader
  }

  get position(): number {
    return this.#position
  }

  get isStopped(): boolean {
    return this.#stopped !== undefined
  }

  /** Refuses what was read at `offset`. What stopped the reader before stands, and is what comes back. */
  refuse(code: MalformedCode, offset: number): Incomplete | Malformed {
    this.#stopped ??= malformed(code, offset)
    return this.#stopped
  }

  /** A packet of known length is complete with its last byte, one of unknown length not before this field. */
  #wait(fieldEnd: number): void {
    this.#stopped ??= incomplete(this.#end === Number.POSITIVE_INFINITY ? fieldEnd : this.#end)
  }

  uint8(): number {
    const at = this.#take(1)
    return at < 0 ? 0 : (this.#bytes[at] ?? 0)
  }

  uint16(): number {
    const at = this.#take(2)
    return at < 0 ? 0 : ((this.#bytes[at] ?? 0) << 8) | (this.#bytes[at + 1] ?? 0)
  }

  /** Any byte but 0 is true, as in Java. */
  bool(): boolean {
    return this.uint8() !== 0
  }

  /** Signed, as Java's `short`. */
  int16(): number {
    return (this.uint16() << 16) >> 16
  }

  /** Signed, as Java's `int`. */
  int32(): number {
    const high = this.uint16()
    return (high << 16) | this.uint16()
  }

  /** Signed, as Java's `long`. */
  int64(): bigint {
    const high = BigInt(this.int32())
    return (high << 32n) | BigInt(this.int32() >>> 0)
  }

  /** A view. Bytes after the packet's end are never part of it. */
  bytes(count: number): Uint8Array {
    const at = this.#take(count)
    return at < 0 ? NO_BYTES : this.#bytes.subarray(at, at + count)
  }

  /** A length and that many bytes, a view. Over `maxBytes` it is refused before they have come. */
  byteArray(lengthAs: ArrayLength, maxBytes: number): Uint8Array {
    const lengthAt = this.#position
    const length = lengthAs === 'varint' ? this.varInt() : this.int16()
    if (length < 0 || length > maxBytes) this.refuse('array-length', lengthAt)
    return this.bytes(length)
  }

  /** @returns the offset of the bytes that it has stepped over, -1 where it was stopped */
  #take(count: number): number {
    const at = this.#position
    const next = at + count
    if (next > this.#end) this.refuse('past-end', at)
    else if (next > this.#bytes.length) this.#wait(next)
    if (this.#stopped !== undefined) return -1
    this.#position = next
    return at
  }

  /** All that is left of the packet, a view. */
  rest(): Uint8Array {
    return this.bytes(this.#end - this.#position)
  }

  /** In sixteen bytes. */
  uuid(): string {
    const at = this.#take(16)
    return at < 0 ? '' : decodeUuid(this.#bytes, at)
  }

  /** Steps over all that is left of the packet. */
  skipRest(): void {
    this.#take(this.#end - this.#position)
  }

  varInt(): number {
    if (this.#stopped !== undefined) return 0
    const number = decodeVarInt(this.#bytes, this.#position, this.#end)
    switch (number.kind) {
      case 'decoded':
        this.#position += number.consumedBytes
        return number.value
      case 'malformed':
        this.#stopped = number
        return 0
      case 'incomplete':
        if (number.atLeastBytes > this.#end) this.refuse('past-end', this.#position)
        else this.#wait(number.atLeastBytes)
        return 0
    }
  }

  /** A string as the game counts it: a length in bytes, UTF-8, at most `maxUnits` UTF-16 units. */
  string(maxUnits: number): string {
    const lengthAt = this.#position
    const length = this.varInt()
    // A unit takes three bytes at most, so that a longer text is known before it has arrived.
    if (length < 0 || length > 3 * maxUnits) this.refuse('string-length', lengthAt)
    const textAt = this.#position
    const isTaken = this.#take(length) >= 0
    const text = isTaken ? decodeUtf8(this.#bytes, textAt, textAt + length) : ''
    if (text === undefined) this.refuse('utf-8', textAt)
    else if (text.length > maxUnits) this.refuse('string-length', lengthAt)
    return this.isStopped ? '' : (text ?? '')
  }

  /** The same for what is shown and not compared: bytes that are no UTF-8 are replaced, and not refused. */
  replacingString(maxUnits: number): string {
    const lengthAt = this.#position
    const length = this.varInt()
    if (length < 0 || length > 3 * maxUnits) this.refuse('string-length', lengthAt)
    const text = decodeUtf8Replacing(this.bytes(this.isStopped ? 0 : length))
    if (text.length > maxUnits) this.refuse('string-length', lengthAt)
    return this.isStopped ? '' : text
  }

  /** A string as it was before 1.7: a length in UTF-16 units, UTF-16BE. */
  string16(maxUnits: number): string {
    const lengthAt = this.#position
    const units = this.uint16()
    if (units > maxUnits) this.refuse('string-length', lengthAt)
    const textAt = this.#position
    const text = decodeUtf16(this.bytes(2 * units))
    if (!text.isWellFormed()) this.refuse('utf-16', textAt)
    return this.isStopped ? '' : text
  }

  /** The packet must end here. `value` is only asked for when every field was there and right. */
  finish<Value>(value: () => Value): Decoded<Value> {
    if (this.#stopped === undefined && this.#position < this.#end) this.refuse('trailing-bytes', this.#position)
    return this.finishOpen(value)
  }

  /** For the packets before 1.7, which have no length: they end with their last field. */
  finishOpen<Value>(value: () => Value): Decoded<Value> {
    return this.#stopped ?? decoded(value(), this.#position)
  }
}

/** How the length of a byte array is written: two bytes up to 1.7.10, a VarInt since. */
export type ArrayLength = 'int16' | 'varint'

const NO_BYTES = new Uint8Array(0)

function decodeUtf16(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    text += String.fromCharCode(((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0))
  }
  return text
}
