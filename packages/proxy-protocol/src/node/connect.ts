import { connect as connectSocket, type NetConnectOpts, type Socket } from 'node:net'
import { type EncodeOptions, encode, type HeaderToEncode } from '../index.ts'

/**
 * Connects as `net.connect` does, with a PROXY header as the first bytes. What is written before the connection
 * stands goes out in the same segment.
 *
 * @throws {ProxyProtocolError} at once, for a header that the version cannot say
 */
export function connect(options: NetConnectOpts, header: HeaderToEncode, encodeOptions?: EncodeOptions): Socket {
  const headerBytes = encode(header, encodeOptions)
  const socket = connectSocket(options)
  socket.cork()
  socket.write(headerBytes)
  // First of all listeners: TLS on this socket writes past its stream, and must find the header written.
  socket.prependOnceListener('connect', () => socket.uncork())
  return socket
}
