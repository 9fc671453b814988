import { canonicalAddress } from '@infrarust/proxy-protocol'
import { isUnixName, type UnixName } from './unix-name.ts'

/** One end of a connection. What has no port is a Unix socket: nobody's address is known there. */
export type SocketAddress = InternetAddress | UnixAddress

/** One end of a TCP connection. `address` is canonical text: IPv4, or RFC 5952 IPv6, never `::ffff:`, never a zone. */
export interface InternetAddress {
  readonly address: string
  readonly port: number
}

/** One end of a connection over a Unix socket. In no network, so that no rule about addresses ever means it. */
export interface UnixAddress {
  readonly address: UnixName
  readonly port: undefined
}

/** The client's end of every connection over a Unix socket. */
export const UNIX_PEER: UnixAddress = { address: 'unix', port: undefined }

/**
 * The same end with the one text of its address, whatever a socket or a header calls it: rules and logs know no other,
 * and a mapped address does not slip past IPv4 networks. What is no address stays as it is.
 */
export function canonical(end: InternetAddress): InternetAddress {
  // IPv4 has one text only, and each connection passes here with all its ends.
  if (!end.address.includes(':')) return end
  const address = canonicalAddress(end.address) ?? end.address
  return address === end.address ? end : { address, port: end.port }
}

/**
 * `host:port`, or the host alone where there is no port; an IPv6 address in brackets. A Unix socket is shown as it is
 * written, `unix:/run/paper.sock`.
 */
export function endpointText({ host, port }: { readonly host: string; readonly port?: number | undefined }): string {
  const bracketed = host.includes(':') && !isUnixName(host) ? `[${host}]` : host
  return port === undefined ? bracketed : `${bracketed}:${port}`
}
