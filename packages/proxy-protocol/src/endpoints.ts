import { parseIPv4Number } from './address/ipv4.ts'
import { parseIPv6 } from './address/ipv6.ts'
import { writeUint16, writeUint32 } from './bytes.ts'
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

/** Two IP end points, as they are written for one family. */
export interface IpPair {
  readonly family: IpFamily
  readonly source: IpEndpoint
  readonly destination: IpEndpoint
}

export type IpFamily = 'IPv4' | 'IPv6'

interface IpEndpoint {
  /** The number of an IPv4 address, the 16 bytes of an IPv6 one. */
  readonly address: number | Uint8Array
  readonly port: number
}

/** @throws {ProxyProtocolError} `mixed-families`, which the types rule out for those who have them */
export function isUnix(header: InternetToEncode | UnixToEncode): header is UnixToEncode {
  const paths = Number('path' in header.source) + Number('path' in header.destination)
  if (paths === 1) throw new ProxyProtocolError({ code: 'mixed-families' })
  return paths === 2
}

/**
 * Checks both end points and brings them to one family, which is IPv6 where one of them is.
 *
 * @throws {ProxyProtocolError} `address`, `port`
 */
export function ipPair(source: InternetEndpoint, destination: InternetEndpoint): IpPair {
  const ends = { source: ipEndpoint(source), destination: ipEndpoint(destination) }
  const isIPv4 = typeof ends.source.address === 'number' && typeof ends.destination.address === 'number'
  return { family: isIPv4 ? 'IPv4' : 'IPv6', source: ends.source, destination: ends.destination }
}

function ipEndpoint({ address: text, port }: InternetEndpoint): IpEndpoint {
  const address = parseIPv4Number(text) ?? parseIPv6(text)
  if (address === undefined) throw new ProxyProtocolError({ code: 'address' }, JSON.stringify(text))
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new ProxyProtocolError({ code: 'port' }, `${port}`)
  return { address, port }
}

export const ADDRESS_BYTES: Readonly<Record<IpFamily, number>> = { IPv4: 4, IPv6: 16 }

/** Writes an address in the form of the pair's family, into zeros: IPv4 among IPv6 is mapped into `::ffff:0:0/96`. */
export function writeAddress(into: Uint8Array, at: number, family: IpFamily, { address }: IpEndpoint): void {
  if (typeof address !== 'number') into.set(address, at)
  else if (family === 'IPv4') writeUint32(into, at, address)
  else {
    writeUint16(into, at + 10, 0xffff)
    writeUint32(into, at + 12, address)
  }
}
