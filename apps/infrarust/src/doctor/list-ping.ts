import { connect, type Socket } from 'node:net'
import {
  decodeStatusReply,
  encodeHandshake,
  encodeStatusRequest,
  NEWEST_PROTOCOL_VERSION,
  STATUS_REPLY_MAX_BYTES,
} from '@infrarust/minecraft'
import type { InternetEndpoint } from '@infrarust/proxy-protocol'

/**
 * What came of one try: a status; the end of the connection; nothing in time; bytes that are no status; no connection
 * at all.
 */
export type PingResult = 'answered' | 'closed' | 'silent' | 'garbled' | 'unreachable'

export interface ListPing {
  readonly address: string
  readonly port: number
  /** What the handshake names, so that a backend which is a proxy itself knows whom it is asked about. */
  readonly host: string
  /** The PROXY header in front, from the socket's own end points; undefined: none. */
  readonly header: ((own: InternetEndpoint, backend: InternetEndpoint) => Uint8Array) | undefined
  /** For all of it, the connect included. */
  readonly timeoutMs: number
}

/** Asks a backend for its status as the server list does; never a login, which would show on the server. */
export function listPing({ address, port, host, header, timeoutMs }: ListPing): Promise<PingResult> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, noDelay: true })
    let isConnected = false
    let received: Uint8Array = new Uint8Array(0)
    const finish = (result: PingResult): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(result)
    }
    const timer = setTimeout(() => finish(isConnected ? 'silent' : 'unreachable'), timeoutMs)
    socket.on('connect', () => {
      isConnected = true
      const question = [encodeHandshake({ ...QUESTION, address: host, port }), encodeStatusRequest()]
      const front = header?.(ownEndpoint(socket), { address, port })
      socket.write(Buffer.concat(front === undefined ? question : [front, ...question]))
    })
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      const reply = decodeStatusReply(received, STATUS_REPLY_MAX_BYTES)
      if (reply.kind === 'malformed') finish('garbled')
      else if (reply.kind === 'decoded') finish(reply.value.kind === 'status-response' ? 'answered' : 'garbled')
    })
    socket.on('end', () => finish('closed'))
    // After the connect an error is a reset: how many servers answer a header that they do not expect.
    socket.on('error', () => finish(isConnected ? 'closed' : 'unreachable'))
  })
}

const QUESTION = { protocolVersion: NEWEST_PROTOCOL_VERSION, intent: 'status' } as const

function ownEndpoint({ localAddress = '', localPort = 0 }: Socket): InternetEndpoint {
  return { address: localAddress.replace(/%.*$/, ''), port: localPort }
}
