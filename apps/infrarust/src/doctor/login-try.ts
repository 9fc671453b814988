import { constants, inflateSync } from 'node:zlib'
import { type Endpoint, exchange, explainMismatch, type ForwardingKind, mismatchIn, type Server } from '@infrarust/core'
import {
  type Decoded,
  decodeClientboundLogin,
  decodeLoginDisconnect,
  decodeSetCompression,
  decodeStatusJson,
  decodeVelocityRequest,
  encodeHandshake,
  encodeLoginStart,
  type Inflate,
  plainFrame,
  WHOLE_LOGIN_FRAME_MAX_BYTES,
} from '@infrarust/minecraft'
import { type ListPing, listPing, ownHeader } from './list-ping.ts'

/** From this version on a player is in only when the client has said that it has read Login Success: 1.20.2. */
const ACKNOWLEDGED_SINCE = 764
const NAME = 'InfrarustDoctor'
const TRY_MS = 3_000

/** What a server does first with a login that announces nobody. */
type FirstAnswer =
  | { readonly kind: 'asks-velocity' | 'authenticates' | 'lets-in' | 'other' }
  | { readonly kind: 'refuses'; readonly text: string }

export interface LoginTarget {
  readonly endpoint: Endpoint
  /** What the handshake names. */
  readonly address: string
}

/**
 * Finds out whether a server expects the forwarding that it will get. A login is begun, and hung up on before anybody is in; one
 * for an older version than 1.20.2, where that cannot be, is not begun.
 *
 * @param forwarding how the server is told who a player is
 * @returns what to change; undefined where nothing speaks against it
 */
export async function loginMismatch(
  server: Server,
  { endpoint, address }: LoginTarget,
  forwarding: ForwardingKind,
): Promise<string | undefined> {
  const header = headerFor(server)
  const protocolVersion = await protocolOf({ endpoint, address, header, timeoutMs: TRY_MS })
  if (protocolVersion === undefined || protocolVersion < ACKNOWLEDGED_SINCE) return undefined
  const opening = encodeHandshake({ protocolVersion, address, port: endpoint.port ?? 25_565, intent: 'login' })
  const login = [opening, encodeLoginStart(NAME, protocolVersion)]
  const result = await exchange({
    endpoint,
    timeoutMs: TRY_MS,
    request: (own, backend) => Buffer.concat(header === undefined ? login : [header(own, backend), ...login]),
    decode: firstAnswer,
  })
  if (result.kind === 'failed') return undefined
  const between = { server, login: { forwarding: { kind: forwarding } } }
  const first = result.value
  switch (first.kind) {
    case 'authenticates':
      return explainMismatch('online-mode', between)
    case 'asks-velocity':
      return forwarding === 'velocity' ? undefined : explainMismatch('wants-velocity', between)
    case 'lets-in':
      return forwarding === 'velocity' ? explainMismatch('never-asked', between) : undefined
    case 'refuses':
      // Announced to nobody, a server with BungeeCord's forwarding refuses: that is what it should do.
      return forwarding === 'bungeecord' || forwarding === 'bungeeguard' ? undefined : mismatchIn(first.text, between)
    case 'other':
      return undefined
  }
}

function headerFor({ sendProxyProtocol }: Server): ListPing['header'] {
  return sendProxyProtocol === false ? undefined : ownHeader(sendProxyProtocol, 'proxy')
}

async function protocolOf(ping: ListPing): Promise<number | undefined> {
  const answer = await listPing(ping)
  const status = answer.kind === 'answered' ? decodeStatusJson(answer.json) : undefined
  return status?.kind === 'decoded' ? status.value.version.protocol : undefined
}

/** Set Compression may come first; what is asked, or said, comes behind it. */
function firstAnswer(bytes: Uint8Array): Decoded<FirstAnswer> {
  let rest = bytes
  let inflate: Inflate | undefined
  for (;;) {
    const found = decodeClientboundLogin(rest, inflate)
    if (found.kind === 'incomplete' || found.kind === 'malformed') return found
    if (found.kind === 'long') return answer({ kind: 'other' }, bytes)
    const { packet, frame } = found.value
    if (packet !== 'set-compression') return answer(meaningOf(packet, frame, inflate), bytes)
    const decoded = decodeSetCompression(frame)
    if (decoded.kind === 'decoded' && decoded.value.thresholdBytes >= 0) inflate = inflateBounded
    rest = rest.subarray(found.consumedBytes)
  }
}

function answer(value: FirstAnswer, bytes: Uint8Array): Decoded<FirstAnswer> {
  return { kind: 'decoded', value, consumedBytes: bytes.length }
}

function meaningOf(packet: string, frame: Uint8Array, inflate: Inflate | undefined): FirstAnswer {
  switch (packet) {
    case 'encryption-request':
      return { kind: 'authenticates' }
    case 'login-success':
      return { kind: 'lets-in' }
    case 'login-plugin-request':
      return { kind: decodeVelocityRequest(frame, inflate) === undefined ? 'other' : 'asks-velocity' }
    case 'login-disconnect': {
      const plain = plainFrame(frame, inflate)
      const text = plain.kind === 'decoded' ? decodeLoginDisconnect(plain.value, WHOLE_LOGIN_FRAME_MAX_BYTES) : plain
      return text.kind === 'decoded' ? { kind: 'refuses', text: text.value } : { kind: 'other' }
    }
    default:
      return { kind: 'other' }
  }
}

function inflateBounded(data: Uint8Array, maxOutputLength: number): Uint8Array {
  return inflateSync(data, { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH })
}
