/** One end of a TCP connection. `address` is canonical text: IPv4, or RFC 5952 IPv6, never `::ffff:`, never a zone. */
export interface SocketAddress {
  readonly address: string
  readonly port: number
}
