import { uint32At } from '../bytes.ts'
import { TLV_TYPES } from '../tlv-types.ts'
import { findTlv, type WithTlvs } from './find.ts'

/** The Private Service Connect connection id, 64 bits. */
export function gcpPscConnectionId(header: WithTlvs): bigint | undefined {
  const value = findTlv(header, TLV_TYPES.GCP)
  if (value?.length !== 8) return undefined
  return (BigInt(uint32At(value, 0)) << 32n) | BigInt(uint32At(value, 4))
}
