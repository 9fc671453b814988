/** What a PROXY header says: who the client is and where it wanted to go. */
export type Header = InternetHeader | UnixHeader | UnspecifiedHeader | LocalHeader

export type Version = 1 | 2
export type Transport = 'stream' | 'datagram' | 'unspecified'

/** A relayed IPv4 or IPv6 connection (or datagram). Both end points are of the same family. */
export interface InternetHeader {
  readonly version: Version
  readonly command: 'PROXY'
  readonly family: 'IPv4' | 'IPv6'
  readonly transport: 'stream' | 'datagram'
  readonly source: InternetEndpoint
  readonly destination: InternetEndpoint
  readonly tlvs: readonly Tlv[]
}

/** A relayed connection between two AF_UNIX sockets. */
export interface UnixHeader {
  readonly version: 2
  readonly command: 'PROXY'
  readonly family: 'unix'
  readonly transport: 'stream' | 'datagram'
  readonly source: UnixEndpoint
  readonly destination: UnixEndpoint
  readonly tlvs: readonly Tlv[]
}

/**
 * A relayed connection whose end points the sender does not know or cannot say: `UNKNOWN` in version 1, a 14th byte with a
 * nibble of 0 in version 2. The socket's own end points stand. Where its address block would end is undefined, so
 * there are no TLVs to be found behind it.
 */
export interface UnspecifiedHeader {
  readonly version: Version
  readonly command: 'PROXY'
  readonly family: 'unspecified'
  readonly transport: Transport
  readonly source: null
  readonly destination: null
  readonly tlvs: readonly []
}

/** The sender's own connection, a health check mostly. The socket's own end points stand; its block is not judged. */
export interface LocalHeader {
  readonly version: 2
  readonly command: 'LOCAL'
  readonly family: 'unspecified'
  readonly transport: 'unspecified'
  readonly source: null
  readonly destination: null
  readonly tlvs: readonly []
}

export interface InternetEndpoint {
  /** `203.0.113.7`, or IPv6 as RFC 5952 writes it; a mapped address is `::ffff:203.0.113.7`. */
  readonly address: string
  /** 0 to 65535. */
  readonly port: number
}

export interface UnixEndpoint {
  /** Up to the first NUL; an abstract name keeps its leading NUL and loses those behind it. */
  readonly path: string
  /** The 108 bytes of the field, a view into the received bytes; where they are, they are what is encoded again. */
  readonly pathBytes?: Uint8Array
}

export const NO_TLVS: readonly [] = Object.freeze<[]>([])

/** A type-length-value of a version 2 header, in the order of the wire. */
export interface Tlv {
  /** 0 to 255; `tlvName` has the names. */
  readonly type: number
  /** A view into the received bytes: copy it to keep it after they are reused. */
  readonly value: Uint8Array
}
