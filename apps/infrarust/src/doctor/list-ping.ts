import {
  type Endpoint,
  encodeOwnHeader,
  exchange,
  type InternetAddress,
  type OwnHeader,
  statusPort,
} from '@infrarust/core'
import {
  decodeStatusJson,
  decodeStatusReply,
  encodeHandshake,
  encodeStatusRequest,
  NEWEST_PROTOCOL_VERSION,
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
  readonly header: ((own: InternetAddress, backend: InternetAddress) => Uint8Array) | undefined
  /** For all of it, the connect included. */
  readonly timeoutMs: number
}

export type ListPingAnswer =
  /** `json` can be read as a status. */
  | { readonly kind: 'answered'; readonly json: string }
  /** `message` is for the operator. */
  | { readonly kind: Exclude<PingResult, 'answered' | 'loop'>; readonly message: string }

/** A header that says where the socket itself begins and ends, or that it is the proxy's own. */
export function ownHeader(version: 1 | 2, says: OwnHeader): ListPing['header'] {
  return (source, destination) => encodeOwnHeader(version, says, source, destination)
}

/** Asks for a status as the server list does; never for a login, which would show on the server. */
export async function listPing({ endpoint, address, header, timeoutMs }: ListPing): Promise<ListPingAnswer> {
  const port = statusPort(endpoint)
  const question = [encodeHandshake({ ...QUESTION, address, port }), encodeStatusRequest()]
  const result = await exchange({
    endpoint,
    timeoutMs,
    request: (own, backend) => Buffer.concat(header === undefined ? question : [header(own, backend), ...question]),
    decode: decodeStatusReply,
  })
  if (result.kind === 'answer') return judged(result.value)
  return { kind: FAILURES[result.cause], message: result.message }
}

const FAILURES = {
  unreachable: 'unreachable',
  // So few servers are asked at once that this does not happen to a command that runs by itself.
  exhausted: 'unreachable',
  // A reset, too: how many servers answer a header that they do not expect.
  silent_close: 'closed',
  malformed: 'garbled',
  cut_short: 'garbled',
  timeout: 'silent',
} as const

/** Read as loosely as clients do it, any word is JSON: only an object can be a status. */
function judged(reply: StatusReply): ListPingAnswer {
  if (reply.kind !== 'status-response') return { kind: 'garbled', message: 'a pong instead of a status' }
  const { json } = reply
  return decodeStatusJson(json).kind === 'decoded'
    ? { kind: 'answered', json }
    : { kind: 'garbled', message: 'a status that no client can read' }
}

const QUESTION = { protocolVersion: NEWEST_PROTOCOL_VERSION, intent: 'status' } as const
