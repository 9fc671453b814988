import type { Tlv } from '../header.ts'
import { TLV_TYPES } from '../tlv-types.ts'
import { findTlv, type WithTlvs } from './find.ts'

/** The sender's opaque id of the connection, 128 bytes at most: the same id along a chain of proxies. */
export function uniqueId(header: WithTlvs): Uint8Array | undefined {
  return findTlv(header, TLV_TYPES.UNIQUE_ID)
}

/** @param id 128 bytes at most; encoding a longer one throws `unique-id-length` */
export function uniqueIdTlv(id: Uint8Array): Tlv {
  return { type: TLV_TYPES.UNIQUE_ID, value: id }
}
