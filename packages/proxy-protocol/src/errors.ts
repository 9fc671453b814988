/** What can be wrong with received bytes. A code never changes its meaning. */
export type MalformedCode =
  | 'no-signature'
  | 'version-refused'
  | 'too-long'
  // version 1
  | 'protocol-word'
  | 'source-address'
  | 'destination-address'
  | 'source-port'
  | 'destination-port'
  | 'line-end'
  | 'line-too-long'
  // version 2
  | 'version'
  | 'command'
  | 'address-family'
  | 'transport'
  | 'too-short'
  | 'tlv-length'
  | 'crc32c'
  | 'crc32c-length'
  | 'crc32c-duplicate'
  | 'unique-id-length'
  | 'ssl-length'

/** What else can go wrong with a connection that should begin with a header. */
export type ConnectionCode = 'closed' | 'timeout' | 'untrusted'

/** What cannot be sent, because the protocol has no way to say it. */
export type UnsayableCode =
  | 'address'
  | 'port'
  | 'path'
  | 'mixed-families'
  | 'not-in-version-1'
  | 'tlv-type'
  | 'tlv-value'
  | 'alignment'

export type ErrorCode = MalformedCode | ConnectionCode | UnsayableCode

/** A fault that a peer can provoke is a value: a flood of bad headers must not pay for a stack trace each. */
export interface Malformed {
  readonly kind: 'malformed'
  readonly code: MalformedCode
  /** Of the byte that decided it, counted from 0 at the first byte of the header. */
  readonly offset: number
}

/** The code of a fault, and the offset of its byte where it has one. */
export interface Fault {
  readonly code: ErrorCode
  readonly offset?: number | undefined
}

/** The one error that this package throws. Test `code`; the message is for the operator. */
export class ProxyProtocolError extends Error implements Fault {
  override readonly name = 'ProxyProtocolError'
  readonly code: ErrorCode
  readonly offset: number | undefined

  constructor(fault: Fault, detail?: string) {
    super(detail === undefined ? errorText(fault) : `${errorText(fault)}: ${detail}`)
    this.code = fault.code
    this.offset = fault.offset
  }
}

export function malformed(code: MalformedCode, offset: number): Malformed {
  return { kind: 'malformed', code, offset }
}

/** What is wrong and at which byte, for the operator. Bytes are counted from 0. */
export function errorText(fault: Fault): string {
  return fault.offset === undefined ? TEXTS[fault.code] : `${TEXTS[fault.code]} (at byte ${fault.offset})`
}

/** The documented error name and text of the Infrarust gateway for this fault. */
export function gatewayErrorText(fault: Fault): string {
  const documented = GATEWAY_TEXTS[fault.code]
  return documented === undefined ? `ProxyProtocolDecode: ${errorText(fault)}` : `InvalidProxyProtocol: ${documented}`
}

const GATEWAY_TEXTS: Partial<Record<ErrorCode, string>> = {
  'too-long': 'header exceeds maximum size',
  closed: 'connection closed before proxy protocol header',
  'no-signature': 'data does not start with a proxy protocol signature',
  'address-family': 'unsupported address family',
  transport: 'unsupported address family',
  untrusted: 'a header from a peer that is not trusted',
  timeout: 'no complete header in time',
}

const TEXTS: Record<ErrorCode, string> = {
  'no-signature': 'the data starts with neither PROXY protocol signature',
  'version-refused': 'a header of a PROXY protocol version that is not accepted here',
  'too-long': 'the header is longer than the limit',

  'protocol-word': 'version 1: "PROXY" must be followed by one space and TCP4, TCP6 or UNKNOWN',
  'source-address': 'version 1: the source is not an address of the declared family, or not followed by one space',
  'destination-address': 'version 1: the destination is not an IP address followed by one space',
  'source-port': 'version 1: the source port is not a decimal from 0 to 65535 followed by one space',
  'destination-port': 'version 1: the destination port is not a decimal from 0 to 65535',
  'line-end': 'version 1: the line does not end with CRLF here',
  'line-too-long': 'version 1: the line is longer than 107 bytes',

  version: 'version 2: the version nibble is not 2',
  command: 'version 2: the command is neither LOCAL nor PROXY',
  'address-family': 'version 2: unsupported address family',
  transport: 'version 2: unsupported transport protocol',
  'too-short': 'version 2: the announced length is shorter than the addresses of its family',
  'tlv-length': 'version 2: a TLV does not fit into what contains it',
  crc32c: 'version 2: the CRC32C checksum is wrong',
  'crc32c-length': 'version 2: a CRC32C TLV holds 4 bytes',
  'crc32c-duplicate': 'version 2: a second CRC32C TLV',
  'unique-id-length': 'version 2: a UNIQUE_ID TLV holds 128 bytes at most',
  'ssl-length': 'version 2: an SSL TLV holds 5 bytes at least',

  closed: 'the connection was closed before its PROXY header was complete',
  timeout: 'the PROXY header did not arrive in time',
  untrusted: 'a PROXY header from a peer that is not trusted',

  address: 'not an IP address',
  port: 'a port is a whole number from 0 to 65535',
  path: 'a unix socket path is UTF-8 text of 108 bytes at most without a NUL, or begins with one and does not end with one',
  'mixed-families': 'a unix path and an IP address cannot stand in one header',
  'not-in-version-1': 'version 1 cannot say this',
  'tlv-type': 'a TLV type is a whole number from 0 to 255',
  'tlv-value': 'a TLV value that cannot be sent',
  alignment: 'an alignment is a whole number from 1 to 65535',
}
