export {
  type AddressWords,
  canonicalAddress,
  formatAddress,
  formatAddressWords,
  isIPv4Words,
  mapped,
  maskWords,
  parseAddress,
  parseAddressWords,
  unmapped,
} from './address/address.ts'
export { type Cidr, cidrText, type ParsedCidr, parseCidr } from './address/cidr.ts'
export { formatIPv4, parseIPv4 } from './address/ipv4.ts'
export { formatIPv6, isMapped, parseIPv6 } from './address/ipv6.ts'
export { type DecodeOptions, Decoder, decode } from './decode.ts'
export type { Decoded } from './decoded.ts'
export { type EncodeOptions, encode } from './encode.ts'
export type {
  HeaderToEncode,
  InternetToEncode,
  LocalToEncode,
  UnixToEncode,
  UnspecifiedToEncode,
} from './endpoints.ts'
export {
  type ConnectionCode,
  type ErrorCode,
  errorText,
  type Fault,
  gatewayErrorText,
  type Malformed,
  type MalformedCode,
  ProxyProtocolError,
  type UnsayableCode,
} from './errors.ts'
export type {
  Header,
  InternetEndpoint,
  InternetHeader,
  LocalHeader,
  Tlv,
  Transport,
  UnixEndpoint,
  UnixHeader,
  UnspecifiedHeader,
  Version,
} from './header.ts'
export { beginsHeader } from './signature.ts'
export { awsVpcEndpointId } from './tlv/aws.ts'
export { azurePrivateEndpointLinkId } from './tlv/azure.ts'
export { checksum, crc32cTlv, noopTlv } from './tlv/checksum.ts'
export { findTlv, type WithTlvs } from './tlv/find.ts'
export { gcpPscConnectionId } from './tlv/gcp.ts'
export { type Ssl, type SslToEncode, ssl, sslTlv } from './tlv/ssl.ts'
export { alpn, alpnTlv, authority, authorityTlv, netns, netnsTlv } from './tlv/text.ts'
export { uniqueId, uniqueIdTlv } from './tlv/unique-id.ts'
export { TLV_TYPES, tlvName } from './tlv-types.ts'
export { encodeV1 } from './v1.ts'
export { type EncodeV2Options, encodeV2 } from './v2.ts'
