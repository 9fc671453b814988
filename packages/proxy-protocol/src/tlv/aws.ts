import { TLV_TYPES } from '../tlv-types.ts'
import { decodeUtf8 } from '../utf8.ts'
import { findTlv, type WithTlvs } from './find.ts'

const VPC_ENDPOINT_ID = 0x01

/** The id of the VPC endpoint (`vpce-…`) that the client came through, as AWS load balancers send it. */
export function awsVpcEndpointId(header: WithTlvs): string | undefined {
  const value = findTlv(header, TLV_TYPES.AWS)
  return value?.[0] === VPC_ENDPOINT_ID ? decodeUtf8(value.subarray(1)) : undefined
}
