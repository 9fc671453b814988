/** One end of a TCP connection. `address` is canonical text: IPv4, or RFC 5952 IPv6, never `::ffff:`, never a zone. */
export interface SocketAddress {
  readonly address: string
  readonly port: number
}

/** `host:port`, an IPv6 address in brackets. */
export function endpointText({ host, port }: { readonly host: string; readonly port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
