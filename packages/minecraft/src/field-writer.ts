import { concat } from './concat.ts'
import { cannotEncode } from './errors.ts'
import type { ArrayLength } from './field-reader.ts'
import { encodeUtf8 } from './utf8.ts'
import { encodeVarInt } from './varint.ts'

/**
 * A string as the game counts it: a length in bytes, UTF-8.
 *
 * @param what names the value in the error
 * @throws MinecraftError `too-long` over `maxUnits` UTF-16 units
 */
export function encodeString(text: string, maxUnits: number, what: string): Uint8Array {
  if (text.length > maxUnits) throw cannotEncode('too-long', `${what} of ${text.length} characters`)
  const bytes = encodeUtf8(text)
  return concat(encodeVarInt(bytes.length), bytes)
}

/** @throws MinecraftError `out-of-range` */
export function encodeUint16(value: number, what: string): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff) throw cannotEncode('out-of-range', `${what} ${value}`)
  return Uint8Array.of(value >> 8, value & 0xff)
}

export function encodeBool(value: boolean): Uint8Array {
  return Uint8Array.of(value ? 1 : 0)
}

/** @throws MinecraftError `out-of-range` */
export function encodeInt64(value: bigint, what: string): Uint8Array {
  if (BigInt.asIntN(64, value) !== value) throw cannotEncode('out-of-range', `${what} ${value}`)
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigInt64(0, value)
  return bytes
}

/** @throws MinecraftError `too-long` over `maxBytes` */
export function encodeByteArray(bytes: Uint8Array, lengthAs: ArrayLength, maxBytes: number, what: string): Uint8Array {
  if (bytes.length > maxBytes) throw cannotEncode('too-long', `${what} of ${bytes.length} bytes`)
  return concat(lengthAs === 'varint' ? encodeVarInt(bytes.length) : encodeUint16(bytes.length, what), bytes)
}
