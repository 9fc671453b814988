import type { Tlv } from '../header.ts'

/** What the readers of single TLVs take: a decoded header, or anything else that has TLVs. */
export interface WithTlvs {
  readonly tlvs: readonly Tlv[]
}

/** @returns the value of the first TLV of this type; the others of its type stand in `tlvs` */
export function findTlv({ tlvs }: WithTlvs, type: number): Uint8Array | undefined {
  return tlvs.find((tlv) => tlv.type === type)?.value
}
