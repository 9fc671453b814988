import { uint32At } from '../bytes.ts'
import type { Tlv } from '../header.ts'
import { TLV_TYPES } from '../tlv-types.ts'
import { findTlv, type WithTlvs } from './find.ts'

/** The checksum that the header carried. Decoding has verified it: a wrong one is malformed. */
export function checksum(header: WithTlvs): number | undefined {
  const value = findTlv(header, TLV_TYPES.CRC32C)
  return value?.length === 4 ? uint32At(value, 0) : undefined
}

/** A place for the checksum; encoding fills it in, over the whole header. */
export function crc32cTlv(): Tlv {
  return { type: TLV_TYPES.CRC32C, value: new Uint8Array(4) }
}

/** Padding that a receiver ignores. To pad to an alignment, see `alignTo` of `encodeV2`. */
export function noopTlv(valueBytes: number): Tlv {
  return { type: TLV_TYPES.NOOP, value: new Uint8Array(valueBytes) }
}
