import { canonicalAddress } from '@infrarust/proxy-protocol'

/** One end of a TCP connection. `address` is canonical text: IPv4, or RFC 5952 IPv6, never `::ffff:`, never a zone. */
export interface SocketAddress {
  readonly address: string
  readonly port: number
}

/**
 * The same end with the one text of its address, whatever a socket or a header calls it: rules and logs know no other,
 * and a mapped address does not slip past IPv4 networks. What is no address stays as it is.
 */
export function canonical(end: SocketAddress): SocketAddress {
  // IPv4 has one text only, and each connection passes here with all its ends.
  if (!end.address.includes(':')) return end
  const address = canonicalAddress(end.address) ?? end.address
  return address === end.address ? end : { address, port: end.port }
}

/** `host:port`, or the host alone where there is no port; an IPv6 address in brackets. */
export function endpointText({ host, port }: { readonly host: string; readonly port?: number | undefined }): string {
  const bracketed = host.includes(':') ? `[${host}]` : host
  return port === undefined ? bracketed : `${bracketed}:${port}`
}
