import { type Server, Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { canonicalAddress, type Header, ProxyProtocolError, type Version } from '../index.ts'
import { readHeader } from './header-reader.ts'
import { type Trusted, trustCheck } from './trusted.ts'

export interface ReceiveOptions {
  /** Whose header is believed; a header from any other peer is refused. */
  readonly trusted: Trusted
  /**
   * `required` (default): a connection without a header is refused, and so is every peer that is not trusted.
   * `optional`: connections without a header pass as they are. Not for protocols in which the server speaks first.
   */
  readonly mode?: 'required' | 'optional'
  /** From the accept to the complete header. Default: 5,000. */
  readonly timeoutMs?: number
  /** The longest header. Default: 536; client certificates need more. */
  readonly limitBytes?: number
  /** Default: both. */
  readonly versions?: readonly Version[]
  /** Hears of each refused connection, which is closed without an answer. */
  readonly onRefused?: (error: ProxyProtocolError, socket: Socket) => void
}

/**
 * Makes a server (of `net`, `http`, `https`, `tls`, `http2`) read a PROXY header from each connection before it sees
 * it: `connection` comes once the header is consumed, `remoteAddress`, `remotePort` and `remoteFamily` are those of
 * the client. `LOCAL`, `UNKNOWN` and unix end points leave them as they are. The header of a socket is
 * `proxyHeaderOf(socket)`.
 *
 * @throws {TypeError} for an entry of `trusted` that is no address and no network
 */
export function expectProxyHeader(server: Server, options: ReceiveOptions): void {
  const isTrusted = trustCheck(options.trusted)
  const isOptional = options.mode === 'optional'
  const readerOptions = {
    limitBytes: options.limitBytes ?? 536,
    timeoutMs: options.timeoutMs ?? 5000,
    isOptional,
    versions: options.versions,
  }

  /** By the peer's end point: a TLS socket over one of our sockets asks the system for its addresses, not that socket. */
  const headers = new Map<string, Header>()

  const begin = (socket: Socket, pass: () => void): void => {
    const refuse = (error: ProxyProtocolError): void => {
      // A reset that comes while we close is no event for anybody.
      socket.on('error', () => {})
      socket.destroy()
      options.onRefused?.(error, socket)
    }
    const trusted = isTrusted(socket.remoteAddress)
    if (!trusted && !isOptional) {
      refuse(new ProxyProtocolError({ code: 'untrusted' }, socket.remoteAddress))
      return
    }
    readHeader(socket, readerOptions, (beginning) => {
      if (beginning.kind === 'refused') refuse(beginning.error)
      else if (beginning.kind === 'direct') pass()
      else if (!trusted) refuse(new ProxyProtocolError({ code: 'untrusted' }, socket.remoteAddress))
      else {
        const peer = peerKey(socket)
        if (peer !== undefined) {
          headers.set(peer, beginning.header)
          socket.once('close', () => headers.delete(peer))
        }
        applyHeader(socket, beginning.header)
        pass()
      }
    })
  }

  // Listeners are added before and after this call: only the emitting side sees all of them.
  const emit: (event: string | symbol, ...values: unknown[]) => boolean = server.emit.bind(server)
  server.emit = (event: string | symbol, ...values: unknown[]): boolean => {
    const [socket] = values
    const header = socket instanceof TLSSocket ? headers.get(peerKey(socket) ?? '') : undefined
    if (socket instanceof TLSSocket && header !== undefined) applyHeader(socket, header)
    if (event !== 'connection' || !(socket instanceof Socket)) return emit(event, ...values)
    begin(socket, () => emit('connection', socket))
    return true
  }
}

const HEADERS = new WeakMap<Socket, Header>()

/** The header that this socket began with; `undefined` for a connection without one. */
export function proxyHeaderOf(socket: Socket): Header | undefined {
  return HEADERS.get(socket)
}

/** @returns `undefined` for a peer on a unix socket, which has no address to be known by */
function peerKey({ remoteAddress, remotePort }: Socket): string | undefined {
  return remoteAddress === undefined ? undefined : `${remoteAddress} ${remotePort}`
}

function applyHeader(socket: Socket, header: Header): void {
  HEADERS.set(socket, header)
  if (header.family !== 'IPv4' && header.family !== 'IPv6') return
  const address = canonicalAddress(header.source.address) ?? header.source.address
  Object.defineProperties(socket, {
    remoteAddress: { value: address, configurable: true, enumerable: true },
    remotePort: { value: header.source.port, configurable: true, enumerable: true },
    remoteFamily: { value: address.includes(':') ? 'IPv6' : 'IPv4', configurable: true, enumerable: true },
  })
}
