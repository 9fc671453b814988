import { mapped, parseAddress } from './address/address.ts'
import { ProxyProtocolError } from './errors.ts'
import type { InternetEndpoint, Tlv, Transport, UnixEndpoint } from './header.ts'

/** A header to send. Every decoded `Header` is one; the family follows from the end points. */
export type HeaderToEncode = LocalToEncode | UnspecifiedToEncode | InternetToEncode | UnixToEncode

/** The sender's own connection, a health check. */
export interface LocalToEncode {
  readonly command: 'LOCAL'
}

export interface UnspecifiedToEncode {
  readonly command: 'PROXY'
  readonly transport?: Transport
  readonly source: null
  readonly destination: null
}

export interface InternetToEncode {
  readonly command: 'PROXY'
  /** Default: `stream`. */
  readonly transport?: 'stream' | 'datagram'
  readonly source: InternetEndpoint
  readonly destination: InternetEndpoint
  readonly tlvs?: readonly Tlv[]
}

export interface UnixToEncode {
  readonly command: 'PROXY'
  /** Default: `stream`. */
  readonly transport?: 'stream' | 'datagram'
  readonly source: UnixEndpoint
  readonly destination: UnixEndpoint
  readonly tlvs?: readonly Tlv[]
}

/** Two IP end points of one family. */
export interface IpPair {
  readonly family: 'IPv4' | 'IPv6'
  readonly source: IpEndpoint
  readonly destination: IpEndpoint
}

interface IpEndpoint {
  readonly addressBytes: Uint8Array
  readonly port: number
}

/** @throws {ProxyProtocolError} `mixed-families`, which the types rule out for those who have them */
export function isUnix(header: InternetToEncode | UnixToEncode): header is UnixToEncode {
  const paths = Number('path' in header.source) + Number('path' in header.destination)
  if (paths === 1) throw new ProxyProtocolError({ code: 'mixed-families' })
  return paths === 2
}

/**
 * Checks both end points and brings them to one family: where they differ, the IPv4 one is mapped into
 * `::ffff:0:0/96`.
 *
 * @throws {ProxyProtocolError} `address`, `port`
 */
export function ipPair(source: InternetEndpoint, destination: InternetEndpoint): IpPair {
  const sourceBytes = addressBytes(source)
  const destinationBytes = addressBytes(destination)
  const family = sourceBytes.length === 4 && destinationBytes.length === 4 ? 'IPv4' : 'IPv6'
  return {
    family,
    source: ipEndpoint(family, sourceBytes, source),
    destination: ipEndpoint(family, destinationBytes, destination),
  }
}

function ipEndpoint(family: 'IPv4' | 'IPv6', bytes: Uint8Array, endpoint: InternetEndpoint): IpEndpoint {
  return { addressBytes: family === 'IPv4' ? bytes : mapped(bytes), port: checkedPort(endpoint) }
}

/** @throws {ProxyProtocolError} `port` */
export function checkedPort({ port }: InternetEndpoint): number {
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new ProxyProtocolError({ code: 'port' }, `${port}`)
  return port
}

function addressBytes({ address }: InternetEndpoint): Uint8Array {
  const bytes = parseAddress(address)
  if (bytes === undefined) throw new ProxyProtocolError({ code: 'address' }, JSON.stringify(address))
  return bytes
}
