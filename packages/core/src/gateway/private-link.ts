import { awsVpcEndpointId, azurePrivateEndpointLinkId, gcpPscConnectionId, type Tlv } from '@infrarust/proxy-protocol'

/**
 * Which private link of a cloud a connection came through: clients behind one all have addresses of the cloud, and this
 * tells them apart.
 *
 * @param tlvs of a sender who is written down as trusted
 * @returns `vpce-…` of AWS PrivateLink, the LINKID of Azure or the connection id of Google's Private Service Connect as
 *   digits; undefined where the header names none
 */
export function privateLink(tlvs: readonly Tlv[]): string | undefined {
  if (tlvs.length === 0) return undefined
  const header = { tlvs }
  return (
    awsVpcEndpointId(header) ?? azurePrivateEndpointLinkId(header)?.toString() ?? gcpPscConnectionId(header)?.toString()
  )
}
