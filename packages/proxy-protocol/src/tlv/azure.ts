import { byteAt } from '../bytes.ts'
import { TLV_TYPES } from '../tlv-types.ts'
import { findTlv, type WithTlvs } from './find.ts'

const LINK_ID = 0x01

/** The LINKID of the private endpoint that the client came through; little-endian, unlike the rest of the protocol. */
export function azurePrivateEndpointLinkId(header: WithTlvs): number | undefined {
  const value = findTlv(header, TLV_TYPES.AZURE)
  if (value?.length !== 5 || value[0] !== LINK_ID) return undefined
  return (byteAt(value, 1) | (byteAt(value, 2) << 8) | (byteAt(value, 3) << 16) | (byteAt(value, 4) << 24)) >>> 0
}
