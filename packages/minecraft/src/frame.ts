import { concat } from './concat.ts'
import { type Decoded, decoded, type Incomplete, incomplete } from './decoded.ts'
import { cannotEncode, type Malformed, malformed } from './errors.ts'
import { encodeVarInt } from './varint.ts'

/** The game's frame decoder reads a length of 21 bits and refuses a fourth byte. */
const LENGTH_MAX_BYTES = 3
const BODY_MAX_BYTES = 2 ** 21 - 1
/** The longest frame that its length field can announce. */
export const FRAME_MAX_BYTES: number = LENGTH_MAX_BYTES + BODY_MAX_BYTES

/** Where the body of a frame lies; it need not have arrived yet. */
export interface FrameBounds {
  readonly kind: 'bounds'
  readonly bodyStart: number
  readonly bodyEnd: number
}

/**
 * Decodes one frame: a length, and that many bytes of packet id and fields. Nothing is ever allocated for a length
 * that a peer announces.
 *
 * @param bytes      what has been received, from the frame's first byte on
 * @param limitBytes the longest frame to accept, its length field included; a longer one is refused as soon as its
 *   length is known
 * @returns the body, a view into `bytes`; `consumedBytes` includes the length field
 */
export function decodeFrame(bytes: Uint8Array, limitBytes: number): Decoded<Uint8Array> {
  const bounds = frameBounds(bytes, limitBytes)
  if (bounds.kind !== 'bounds') return bounds
  if (bytes.length < bounds.bodyEnd) return incomplete(bounds.bodyEnd)
  return decoded(bytes.subarray(bounds.bodyStart, bounds.bodyEnd), bounds.bodyEnd)
}

/** Reads the length field alone, so that a packet can be refused before all of it is here. */
export function frameBounds(bytes: Uint8Array, limitBytes: number): FrameBounds | Incomplete | Malformed {
  let length = 0
  for (let index = 0; index < LENGTH_MAX_BYTES; index++) {
    const byte = bytes[index]
    if (byte === undefined) return incomplete(index + 1)
    length |= (byte & 0x7f) << (7 * index)
    if (byte < 0x80) {
      const bodyStart = index + 1
      const bodyEnd = bodyStart + length
      return bodyEnd > limitBytes ? malformed('frame-too-long', 0) : { kind: 'bounds', bodyStart, bodyEnd }
    }
  }
  return malformed('frame-length', LENGTH_MAX_BYTES - 1)
}

/**
 * Encodes a packet as one frame, uncompressed and unencrypted as in handshake, status and the start of login.
 *
 * @throws MinecraftError `too-long` over 2,097,151 bytes
 */
export function encodePacket(packetId: number, ...fields: readonly Uint8Array[]): Uint8Array {
  return encodeFrame(encodeVarInt(packetId), ...fields)
}

/** Puts a length before the parts of a body. */
export function encodeFrame(...parts: readonly Uint8Array[]): Uint8Array {
  const bodyBytes = parts.reduce((sum, part) => sum + part.length, 0)
  if (bodyBytes > BODY_MAX_BYTES) throw cannotEncode('too-long', `a packet of ${bodyBytes} bytes`)
  return concat(encodeVarInt(bodyBytes), ...parts)
}
