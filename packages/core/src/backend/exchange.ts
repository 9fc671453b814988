import { connect, type NetConnectOpts, type Socket } from 'node:net'
import type { Decoded } from '@infrarust/minecraft'
import { canonicalAddress } from '@infrarust/proxy-protocol'
import type { InternetAddress, SocketAddress } from '../addresses/socket-address.ts'
import { unixPath } from '../addresses/unix-name.ts'
import type { Endpoint } from '../names/backend-names.ts'
import { isExhausted } from '../transport/exhausted.ts'

/** One question of the proxy's own to a backend, and how its answer is read. */
export interface Exchange<T> {
  readonly endpoint: Endpoint
  /** All that is sent, made when both ends of the socket are known; over a Unix socket both are this machine. */
  readonly request: (own: InternetAddress, backend: InternetAddress) => Uint8Array
  /** Reads the answer from all that has come; what it bounds is all that is ever held. */
  readonly decode: (bytes: Uint8Array) => Decoded<T>
  /** From the dial to the whole answer. */
  readonly timeoutMs: number
}

/** What came of one exchange with a backend: its answer, or why there is none. */
export type ExchangeResult<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | {
      readonly kind: 'failed'
      /**
       * `silent_close`: the connection stood, and ended without a byte: it may have disliked the header. `cut_short`: an
       * answer began, and its end has not come. `exhausted`: there was nothing left to dial with (`isExhausted`), and the
       * backend was not asked; `message` is the code then.
       */
      readonly cause: 'unreachable' | 'silent_close' | 'cut_short' | 'malformed' | 'timeout' | 'exhausted'
      /** For the operator. */
      readonly message: string
    }

/** Dials a backend, asks, and hangs up. Never rejects. The few connections of the proxy's own go this way. */
export function exchange<T>({ endpoint, request, decode, timeoutMs }: Exchange<T>): Promise<ExchangeResult<T>> {
  return new Promise((resolve) => {
    const socket = connect(whereIs(endpoint))
    let received: Uint8Array = new Uint8Array(0)
    let isConnected = false

    const end = (result: ExchangeResult<T>): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(result)
    }
    const ended = (message: string): void => {
      if (!isConnected) end({ kind: 'failed', cause: 'unreachable', message })
      else if (received.length === 0) end({ kind: 'failed', cause: 'silent_close', message })
      else end({ kind: 'failed', cause: 'cut_short', message })
    }
    const timer = setTimeout(() => {
      if (!isConnected) end({ kind: 'failed', cause: 'unreachable', message: 'no connection in time' })
      else if (received.length === 0) end({ kind: 'failed', cause: 'timeout', message: 'no answer in time' })
      else end({ kind: 'failed', cause: 'cut_short', message: 'no whole answer in time' })
    }, timeoutMs)

    socket.on('connect', () => {
      isConnected = true
      socket.write(request(...endsOf(socket)))
    })
    socket.on('data', (chunk: Uint8Array) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
      const decoded = decode(received)
      if (decoded.kind === 'decoded') end({ kind: 'answer', value: decoded.value })
      else if (decoded.kind === 'malformed') {
        end({ kind: 'failed', cause: 'malformed', message: `an answer that is none: ${decoded.code}` })
      }
    })
    socket.on('end', () =>
      ended(received.length === 0 ? 'closed without an answer' : 'closed in the middle of its answer'),
    )
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const { code } = error
      if (!isConnected && code !== undefined && isExhausted(code)) {
        end({ kind: 'failed', cause: 'exhausted', message: code })
      } else ended(error.message)
    })
  })
}

/** What `node:net` is to be told to connect there. */
export function whereIs(to: SocketAddress): NetConnectOpts {
  return to.port === undefined ? { path: unixPath(to.address) } : { host: to.address, port: to.port, noDelay: true }
}

/** Our end and the backend's, of a socket that stands. */
export function endsOf(socket: Socket): readonly [own: InternetAddress, backend: InternetAddress] {
  return [endOf(socket.localAddress, socket.localPort), endOf(socket.remoteAddress, socket.remotePort)]
}

/** Without the zone of a link-local address, which no header can say. A Unix socket has no addresses. */
function endOf(address = THIS_MACHINE, port = 0): InternetAddress {
  return { address: canonicalAddress(address) ?? THIS_MACHINE, port }
}

const THIS_MACHINE = '127.0.0.1'
