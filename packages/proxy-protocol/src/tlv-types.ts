/** The types of the specification, section 2.2, and those of the clouds; the sub-types of SSL are among them. */
export const TLV_TYPES = {
  ALPN: 0x01,
  AUTHORITY: 0x02,
  CRC32C: 0x03,
  NOOP: 0x04,
  UNIQUE_ID: 0x05,
  SSL: 0x20,
  SSL_VERSION: 0x21,
  SSL_CN: 0x22,
  SSL_CIPHER: 0x23,
  SSL_SIG_ALG: 0x24,
  SSL_KEY_ALG: 0x25,
  SSL_GROUP: 0x26,
  SSL_SIG_SCHEME: 0x27,
  SSL_CLIENT_CERT: 0x28,
  NETNS: 0x30,
  GCP: 0xe0,
  AWS: 0xea,
  AZURE: 0xee,
} as const

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(TLV_TYPES).map(([name, type]) => [type, name]))

/** @returns the name of a TLV type; `0x7F` for one that has none */
export function tlvName(type: number): string {
  return NAMES.get(type) ?? `0x${type.toString(16).toUpperCase().padStart(2, '0')}`
}
