import type { Decoded } from '../decoded.ts'
import { FieldReader } from '../field-reader.ts'
import { encodePacket } from '../frame.ts'
import { encodeVarInt } from '../varint.ts'
import { CLIENTBOUND_LOGIN } from './packets.ts'

/** Since 1.8. The packet itself is in the format before it, everything behind it in the new one, both ways. */
export interface SetCompression {
  readonly kind: 'set-compression'
  /** Packets from this length on are deflated; below 0 there is no compression, and the format stays. */
  readonly thresholdBytes: number
}

const PACKET_ID = CLIENTBOUND_LOGIN.indexOf('set-compression')
const PACKET_MAX_BYTES = 3 + 5 + 5

export function decodeSetCompression(bytes: Uint8Array): Decoded<SetCompression> {
  const reader = FieldReader.ofPacket(bytes, PACKET_ID, PACKET_MAX_BYTES)
  const thresholdBytes = reader.varInt()
  return reader.finish(() => ({ kind: 'set-compression', thresholdBytes }))
}

/** @throws MinecraftError `out-of-range` for anything but a 32-bit integer */
export function encodeSetCompression(thresholdBytes: number): Uint8Array {
  return encodePacket(PACKET_ID, encodeVarInt(thresholdBytes))
}
