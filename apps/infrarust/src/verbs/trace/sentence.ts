import { endpointText, type TraceStep } from '@infrarust/core'
import type { EndpointJson } from '../../proxy-protocol/header-json.ts'
import type { HeaderBytes, TraceFields } from './fields.ts'

/** One step in a sentence: what came, where that led, what was decided, and why. */
export function traceText({ input, connection, decision, from }: TraceStep, json: TraceFields): string {
  const words = [
    cameText(input, connection, json),
    json.received_header === undefined ? undefined : `received header: ${headerText(json.received_header)}`,
    json.header_fault,
    json.detail,
    from === json.state ? undefined : `${from} → ${json.state}`,
    BEFORE_HANDSHAKE.includes(from) ? wishText(json) : undefined,
    isNamedHere(from, json) ? `player ${json.player}` : undefined,
    json.failures === undefined ? undefined : `failed: ${json.failures.join(', ')}`,
    decision === undefined ? undefined : decisionText(decision, json),
    json.reason === undefined ? undefined : `reason ${json.reason}${MORE[json.reason] ?? ''}`,
  ]
  return words.filter((word) => word !== undefined).join('; ')
}

/** Where the log has a line with the key to change. */
const MORE: Readonly<Record<string, string>> = {
  forwarding: ' (the log says which key to change, on which side)',
  auth_unavailable: ' (the log says why)',
}

/** One input may lead through several states: what is known after the last of them became known here. */
/** Where a name is claimed, and where it turns out who that is. */
const NAMED_IN: readonly TraceStep['from'][] = ['login-start', 'authenticating']
const BEFORE_HANDSHAKE: readonly TraceStep['from'][] = ['accepted', 'proxy-header', 'handshake', 'refusing']

function isNamedHere(from: TraceStep['from'], { player, state }: TraceFields): boolean {
  return player !== undefined && state !== from && (NAMED_IN.includes(from) || BEFORE_HANDSHAKE.includes(from))
}

function cameText(
  input: TraceStep['input'],
  { listener, peer }: TraceStep['connection'],
  { bytes_in, bytes_out }: TraceFields,
): string {
  switch (input.kind) {
    case 'accepted':
      return `accepted on ${listener} from peer ${endpointText({ host: peer.address, port: peer.port })}`
    case 'bytes':
      return `${input.bytes.length} bytes`
    case 'ended':
      return input.how === 'fin' ? 'the client has closed its side' : 'the client has reset the connection'
    case 'server-bytes':
      return `${input.bytes.length} bytes of the server`
    case 'server-ended':
      return input.how === 'fin' ? 'the server has closed its side' : 'the server has reset the connection'
    case 'settled':
      return 'what it waited for is there'
    case 'dialled':
      return `connected in ${Math.round(input.connectMs)} ms, and the backend has answered`
    case 'dial-failed':
      return 'no backend has answered'
    case 'overrun':
      return 'the client sends more than fits'
    case 'deadline':
      return 'the deadline has passed'
    case 'cut':
      return `ended from outside${'detail' in input && input.detail !== undefined ? ` (${input.detail})` : ''}`
    case 'drain':
      return 'the proxy is going down'
    case 'finished':
      return `over, ${bytes_in} B in, ${bytes_out} B out`
  }
}

/** `login to survival.example.com, protocol 770, server "survival"` */
function wishText({ intent, domain, protocol, server, reason }: TraceFields): string | undefined {
  if (intent === undefined) return undefined
  return [
    `${intent} to ${domain ?? 'no domain'}`,
    protocol === undefined ? undefined : `protocol ${protocol}`,
    // Who was refused before has not been told a server either.
    server !== undefined ? `server "${server}"` : reason === 'unknown_domain' ? 'no server has it' : undefined,
  ]
    .filter((word) => word !== undefined)
    .join(', ')
}

function decisionText(decision: NonNullable<TraceStep['decision']>, json: TraceFields): string {
  switch (decision.kind) {
    case 'await':
      return 'waits for more'
    case 'hold':
      return json.state === 'authenticating'
        ? 'asks the session server who that is'
        : 'waits for a server, a name or a status'
    case 'respond':
      return json.state === 'encrypting'
        ? 'asks the client for a key, and to tell its session server that it joins'
        : `answers ${decision.bytes.length} bytes`
    case 'relay': {
      const header =
        json.sent_header === undefined ? 'without a header' : `sends header: ${headerText(json.sent_header)}`
      return `dials ${json.attempts?.join(', ')}, ${header}`
    }
    case 'parley':
      return parleyText(decision)
    case 'close':
      return decision.how === 'end' ? 'closes' : 'resets'
  }
}

/** `passes on 40 bytes to the client` */
function parleyText({ toClient, toServer, then }: Extract<TraceStep['decision'], { kind: 'parley' }>): string {
  const said = [
    toClient.length > 0 ? `sends ${toClient.length} bytes to the client` : undefined,
    toServer.length > 0 ? `sends ${toServer.length} bytes to the server` : undefined,
    then === 'pump' ? 'relays' : undefined,
  ].filter((words) => words !== undefined)
  return said.length > 0 ? said.join(', ') : 'reads the login'
}

/** `v2 PROXY 203.0.113.7:54321 → 198.51.100.2:25565, 28 bytes 0d0a0d0a…` */
function headerText({ hex, decoded }: HeaderBytes): string {
  const bytes = `${decoded.ok ? decoded.headerLength : hex.length / 2} bytes ${hex}`
  if (decoded.ok !== true) return decoded.ok === null ? bytes : `${decoded.message}, ${bytes}`
  const pair = decoded.source === null ? '' : ` ${endText(decoded.source)} → ${endText(decoded.destination)}`
  const tlvs = decoded.tlvs.map(({ name }) => ` ${name}`).join('')
  return `v${decoded.version} ${decoded.command}${pair}${tlvs}, ${bytes}`
}

function endText(endpoint: EndpointJson | null): string {
  if (endpoint === null) return 'nowhere'
  return 'path' in endpoint ? endpoint.path : endpointText({ host: endpoint.address, port: endpoint.port })
}
