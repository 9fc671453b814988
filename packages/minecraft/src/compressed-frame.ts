import { type Decoded, decoded } from './decoded.ts'
import { malformed } from './errors.ts'
import { FieldReader } from './field-reader.ts'
import { decodeFrame, encodeFrame, FRAME_MAX_BYTES } from './frame.ts'
import { encodeVarInt } from './varint.ts'

/**
 * Inflates a zlib stream as far as `data` goes, which may be no more than its beginning. It throws for what is no zlib
 * stream, and for more than `maxOutputBytes`; that bound is what keeps a few bytes from becoming gigabytes. On Node:
 *
 * `(data, maxOutputLength) => inflateSync(data, { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH })`
 */
export type Inflate = (data: Uint8Array, maxOutputBytes: number) => Uint8Array

/** Deflates into a zlib stream: `deflateSync` of Node. */
export type Deflate = (data: Uint8Array) => Uint8Array

/**
 * A whole frame in the format that it has before Set Compression, whichever format it came in: what every decoder of a
 * packet here takes. `compressedFrame` is the way back.
 *
 * @param frame      one frame; what follows it is not looked at
 * @param inflate    undefined where Set Compression has not been sent, or turned compression off: then it is a view of
 *   the same bytes
 * @param limitBytes the longest frame to accept and the longest packet to inflate, each by itself. Nothing is inflated
 *   past the length that the frame announces, and one that it does not reach is refused as well
 * @returns a copy, unless the format is the same; `consumedBytes` is the length of the frame that came
 */
export function plainFrame(
  frame: Uint8Array,
  inflate: Inflate | undefined,
  limitBytes: number = FRAME_MAX_BYTES,
): Decoded<Uint8Array> {
  const whole = decodeFrame(frame, limitBytes)
  if (whole.kind !== 'decoded') return whole
  const frameBytes = whole.consumedBytes
  if (inflate === undefined) return decoded(frame.subarray(0, frameBytes), frameBytes)

  const reader = new FieldReader(frame, frameBytes - whole.value.length, frameBytes)
  const lengthAt = reader.position
  const dataLength = reader.varInt()
  if (dataLength < 0 || dataLength > limitBytes) reader.refuse('data-length', lengthAt)
  const dataAt = reader.position
  const data = reader.rest()
  const read = reader.finish(() => data)
  if (read.kind !== 'decoded') return read
  if (dataLength === 0) return decoded(encodeFrame(data), frameBytes)

  const packet = tryInflate(inflate, data, dataLength)
  if (packet === undefined) return malformed('compression', dataAt)
  if (packet.length !== dataLength) return malformed('data-length', lengthAt)
  return decoded(encodeFrame(packet), frameBytes)
}

/** `inflate` without its exception: a peer can provoke it. */
export function tryInflate(inflate: Inflate, data: Uint8Array, maxOutputBytes: number): Uint8Array | undefined {
  try {
    return inflate(data, maxOutputBytes)
  } catch {
    return undefined
  }
}

/**
 * The same packet in the format that frames have behind Set Compression. Without `deflating` it stays as it is, which a
 * data length of 0 says: game and servers take that at any size, so a proxy never needs to deflate.
 *
 * @param frame     one frame as every `encode…` function gives it
 * @param deflating for a backend: packets from this length on are deflated
 * @throws MinecraftError `too-long` where it becomes longer than a frame can be
 */
export function compressedFrame(
  frame: Uint8Array,
  deflating?: { readonly thresholdBytes: number; readonly deflate: Deflate },
): Uint8Array {
  const reader = FieldReader.ofFrame(frame, FRAME_MAX_BYTES)
  const packet = reader.rest()
  if (deflating === undefined || packet.length < deflating.thresholdBytes) return encodeFrame(NOT_DEFLATED, packet)
  return encodeFrame(encodeVarInt(packet.length), deflating.deflate(packet))
}

const NOT_DEFLATED = Uint8Array.of(0)
