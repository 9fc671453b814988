import { type Inflate, tryInflate } from '../compressed-frame.ts'
import { type Decoded, decoded, incomplete } from '../decoded.ts'
import { malformed } from '../errors.ts'
import { FRAME_MAX_BYTES, frameBounds } from '../frame.ts'
import { decodeVarInt } from '../varint.ts'
import { CLIENTBOUND_LOGIN, type ClientboundLogin, SERVERBOUND_LOGIN, type ServerboundLogin } from './packets.ts'

/** Which packet a frame holds; `unknown` is an id that a later version may have. */
export interface LoginFrameHead<Packet> {
  readonly packet: Packet | 'unknown'
  readonly packetId: number
}

export interface LoginFrame<Packet> extends LoginFrameHead<Packet> {
  /** As received, with its length: a view, to be passed on untouched. `plainFrame` makes it ready for a decoder. */
  readonly frame: Uint8Array
}

/**
 * `long`: the frame is longer than is waited for. What it holds is known, and its bytes can be passed on as they come,
 * `frameBytes` of them from the first byte that was passed in.
 */
export type DecodedLoginFrame<Packet> =
  | Decoded<LoginFrame<Packet>>
  | { readonly kind: 'long'; readonly value: LoginFrameHead<Packet>; readonly frameBytes: number }

/** What a login needs whole is far shorter; registries of Forge are longer, and only pass through. */
export const WHOLE_LOGIN_FRAME_MAX_BYTES: number = 64 * 1024

/**
 * Decodes the next frame that a backend sends before the player is in. Of a deflated one no more is inflated than it
 * takes to read its id: what is only passed on costs nothing more, and is not judged.
 *
 * @param bytes         everything received and not yet consumed, from the first byte of a frame on
 * @param inflate       undefined where Set Compression has not been sent, or turned compression off. Set Compression
 *   itself is in the old format, the frame behind it in the new one
 * @param wholeMaxBytes longer frames are answered with `long`, and not waited for
 */
export function decodeClientboundLogin(
  bytes: Uint8Array,
  inflate: Inflate | undefined,
  wholeMaxBytes: number = WHOLE_LOGIN_FRAME_MAX_BYTES,
): DecodedLoginFrame<ClientboundLogin> {
  return decodeLogin(CLIENTBOUND_LOGIN, bytes, inflate, wholeMaxBytes)
}

/** The same for what a client sends. It has the same format: a client switches when it has read Set Compression. */
export function decodeServerboundLogin(
  bytes: Uint8Array,
  inflate: Inflate | undefined,
  wholeMaxBytes: number = WHOLE_LOGIN_FRAME_MAX_BYTES,
): DecodedLoginFrame<ServerboundLogin> {
  return decodeLogin(SERVERBOUND_LOGIN, bytes, inflate, wholeMaxBytes)
}

/**
 * Which question a Login Plugin Response answers. It is told from the beginning of a frame, however long the frame is, and
 * as little is inflated as for the packet's id.
 *
 * @param bytes from the first byte of a frame on that `decodeServerboundLogin` has found to be one, `long` or not
 */
export function decodeLoginAnswerId(bytes: Uint8Array, inflate: Inflate | undefined): Decoded<number> {
  const bounds = frameBounds(bytes, FRAME_MAX_BYTES)
  if (bounds.kind !== 'bounds') return bounds
  const { bodyStart, bodyEnd } = bounds
  return readBeginning(bytes.subarray(0, bodyEnd), bodyStart, bodyEnd, inflate, readBehindId)
}

function decodeLogin<Packet>(
  packets: readonly Packet[],
  bytes: Uint8Array,
  inflate: Inflate | undefined,
  wholeMaxBytes: number,
): DecodedLoginFrame<Packet> {
  const bounds = frameBounds(bytes, FRAME_MAX_BYTES)
  if (bounds.kind !== 'bounds') return bounds
  const { bodyStart, bodyEnd } = bounds
  const isLong = bodyEnd > wholeMaxBytes
  if (!isLong && bytes.length < bodyEnd) return incomplete(bodyEnd)

  const id = readPacketId(bytes.subarray(0, bodyEnd), bodyStart, bodyEnd, inflate)
  if (id.kind !== 'decoded') return id
  const head = { packet: packets[id.value] ?? ('unknown' as const), packetId: id.value }
  if (isLong) return { kind: 'long', value: head, frameBytes: bodyEnd }
  return decoded({ ...head, frame: bytes.subarray(0, bodyEnd) }, bodyEnd)
}

/** Reads a VarInt out of a packet, of which the beginning may be there. Its `atLeastBytes` counts from the first of `bytes`. */
type Read = (bytes: Uint8Array, start: number, end: number) => Decoded<number>

function readPacketId(bytes: Uint8Array, start: number, end: number, inflate: Inflate | undefined): Decoded<number> {
  return readBeginning(bytes, start, end, inflate, readVarInt)
}

/** @param bytes as much of the frame as is there */
function readBeginning(
  bytes: Uint8Array,
  bodyStart: number,
  bodyEnd: number,
  inflate: Inflate | undefined,
  read: Read,
): Decoded<number> {
  if (inflate === undefined) return read(bytes, bodyStart, bodyEnd)
  const dataLength = readVarInt(bytes, bodyStart, bodyEnd)
  if (dataLength.kind !== 'decoded') return dataLength
  const dataAt = bodyStart + dataLength.consumedBytes
  if (dataLength.value === 0) return read(bytes, dataAt, bodyEnd)
  if (dataLength.value < 0) return malformed('data-length', bodyStart)
  return readDeflated(bytes, dataAt, bodyEnd, inflate, read)
}

/** A VarInt of a frame that may not be all there. */
function readVarInt(bytes: Uint8Array, start: number, end: number): Decoded<number> {
  const read = decodeVarInt(bytes, start, end)
  return read.kind === 'incomplete' && read.atLeastBytes > end ? malformed('past-end', start) : read
}

/** The field behind the packet's id. */
function readBehindId(bytes: Uint8Array, start: number, end: number): Decoded<number> {
  const id = readVarInt(bytes, start, end)
  return id.kind === 'decoded' ? readVarInt(bytes, start + id.consumedBytes, end) : id
}

/**
 * How many deflated bytes are inflated to read the beginning, one try after the other. The tables of a block take up to 290
 * bytes, and two VarInts ten codes of two bytes; what has not come to them by the last try is not worth a further one.
 */
const TRIES_BYTES = [128, 512] as const
/** The most that a deflated byte can become: 258 bytes for two bits. */
const MAX_EXPANSION = 1032

function readDeflated(bytes: Uint8Array, start: number, end: number, inflate: Inflate, read: Read): Decoded<number> {
  const data = bytes.subarray(start)
  for (const tryBytes of TRIES_BYTES) {
    const inflated = tryInflate(inflate, data.subarray(0, tryBytes), tryBytes * MAX_EXPANSION)
    if (inflated === undefined) return malformed('compression', start)
    // How long the packet is shows when all of it is inflated.
    const found = read(inflated, 0, Number.POSITIVE_INFINITY)
    if (found.kind === 'decoded') return found
    if (found.kind === 'malformed') return malformed(found.code, start)
    if (data.length <= tryBytes) return bytes.length < end ? incomplete(bytes.length + 1) : malformed('past-end', start)
  }
  return malformed('compression', start)
}
