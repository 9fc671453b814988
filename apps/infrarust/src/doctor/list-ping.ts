import { type Endpoint, exchange, type SocketAddress } from '@infrarust/core'
import {
  decodeStatusReply,
  encodeHandshake,
  encodeStatusRequest,
  NEWEST_PROTOCOL_VERSION,
  parseStatusJson,
  type StatusReply,
} from '@infrarust/minecraft'

/**
 * What came of one try: a status; the end of the connection; nothing in time; bytes that are no status; no connection
 * at all; `loop`: there is none to make, since this proxy listens there itself.
 */
export type PingResult = 'answered' | 'closed' | 'silent' | 'garbled' | 'unreachable' | 'loop'

export interface ListPing {
  readonly endpoint: Endpoint
  /** What the handshake names. */
  readonly address: string
  /** The PROXY header in front, from the socket's own end points; undefined: none. */
  readonly header: ((own: SocketAddress, backend: SocketAddress) => Uint8Array) | undefined
  /** For all of it, the connect included. */
  readonly timeoutMs: number
}

/** Asks a backend for its status as the server list does; never a login, which would show on the server. */
export async function listPing({ endpoint, address, header, timeoutMs }: ListPing): Promise<PingResult> {
  const { port } = endpoint
  const question = [encodeHandshake({ ...QUESTION, address, port }), encodeStatusRequest()]
  const result = await exchange({
    endpoint,
    timeoutMs,
    request: (own, backend) => Buffer.concat(header === undefined ? question : [header(own, backend), ...question]),
    decode: decodeStatusReply,
  })
  if (result.kind === 'answer') return isReadable(result.value) ? 'answered' : 'garbled'
  switch (result.cause) {
    case 'unreachable':
    // So few servers are asked at once that this does not happen to a doctor that runs by itself.
    case 'exhausted':
      return 'unreachable'
    // A reset, too: how many servers answer a header that they do not expect.
    case 'silent_close':
      return 'closed'
    case 'malformed':
    case 'cut_short':
      return 'garbled'
    case 'timeout':
      return 'silent'
  }
}

/** Read as loosely as clients do it, any word is JSON: only an object can be a status. */
function isReadable(reply: StatusReply): boolean {
  if (reply.kind !== 'status-response') return false
  const parsed = parseStatusJson(reply.json)
  return (
    parsed.kind === 'json' && typeof parsed.value === 'object' && parsed.value !== null && !Array.isArray(parsed.value)
  )
}

const QUESTION = { protocolVersion: NEWEST_PROTOCOL_VERSION, intent: 'status' } as const
