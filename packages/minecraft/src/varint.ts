import { type Decoded, decoded, incomplete } from './decoded.ts'
import { cannotEncode, malformed } from './errors.ts'

/** 32 bits in groups of seven. */
const VARINT_MAX_BYTES = 5

/**
 * Decodes a signed 32-bit VarInt at `start`. Like the game, it tolerates encodings that are longer than they need be
 * and drops the bits of a fifth byte that do not fit.
 *
 * @param start offset of its first byte; `atLeastBytes` and a fault's offset count from the first of `bytes`
 * @param end   offset behind the last byte that may belong to it; what follows is not looked at
 * @returns the value and the VarInt's own length
 */
export function decodeVarInt(bytes: Uint8Array, start = 0, end: number = bytes.length): Decoded<number> {
  let value = 0
  for (let index = 0; index < VARINT_MAX_BYTES; index++) {
    const byte = start + index < end ? bytes[start + index] : undefined
    if (byte === undefined) return incomplete(start + index + 1)
    value |= (byte & 0x7f) << (7 * index)
    if (byte < 0x80) return decoded(value, index + 1)
  }
  return malformed('varint-too-long', start + VARINT_MAX_BYTES - 1)
}

/**
 * Encodes a signed 32-bit VarInt in as few bytes as it takes; a negative one takes five.
 *
 * @throws MinecraftError `out-of-range` for anything but a 32-bit integer
 */
export function encodeVarInt(value: number): Uint8Array {
  if ((value | 0) !== value) throw cannotEncode('out-of-range', `the number ${value}`)
  const groups: number[] = []
  let rest = value >>> 0
  while (rest > 0x7f) {
    groups.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  groups.push(rest)
  return Uint8Array.from(groups)
}
