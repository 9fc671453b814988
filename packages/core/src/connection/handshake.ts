import {
  decodeFirst,
  FIRST_MESSAGE_MAX_BYTES,
  type FirstMessage,
  LOGIN_START_MAX_BYTES,
  type Malformed,
  splitAddress,
} from '@infrarust/minecraft'
import { beginsHeader } from '@infrarust/proxy-protocol'
import type { IntentFacts } from '../policy/policy.ts'
import { canBeHostName, cleanDomain } from '../router/domain.ts'
import { hasControlCharacter } from '../text/control-characters.ts'
import type { Connection, Next } from './connection.ts'
import { GO_ON } from './go-on.ts'
import { refuseUnexpectedHeader } from './proxy-header.ts'
import { REFUSAL_READ_MS, refuse } from './refuse.ts'
import { route } from './route.ts'
import { serve } from './serve.ts'
import type { StateOf, StepInput } from './state.ts'

/** Reads what the client opens with; then it is known what it wants, and where. */
export function readHandshake(connection: Connection, state: StateOf<'handshake'>, input: StepInput): Next {
  return readFirst(connection, state, input, greet)
}

/** The same for a client that is turned away already: nothing is asked any more, it only gets its answer. */
export function readToRefuse(connection: Connection, state: StateOf<'refusing'>, input: StepInput): Next {
  return readFirst(connection, state, input, (_, at) => refuse(connection, state.refusal, at))
}

function readFirst(
  connection: Connection,
  state: StateOf<'handshake' | 'refusing'>,
  input: StepInput,
  then: (connection: Connection, at: number) => Next,
): Next {
  const { at } = input
  switch (input.kind) {
    case 'entered':
    case 'bytes':
      break
    case 'ended':
    case 'deadline':
      // Nothing came after `fe` or `fe 01`: that was all of it.
      if (state.grace !== undefined) {
        connection.intake.keepShownBefore(state.grace.bytes)
        return know(connection, state.grace.ping, at) ?? then(connection, at)
      }
      return connection.close(input.kind === 'ended' ? 'client_closed' : 'handshake_timeout', at)
    default:
      return undefined
  }

  const decoded = decodeFirst(connection.intake.unread)
  switch (decoded.kind) {
    case 'decoded':
      connection.intake.keep(decoded.consumedBytes)
      return know(connection, decoded.value, at) ?? then(connection, at)
    case 'unless-more': {
      const grace = { ping: decoded.value, bytes: connection.intake.unread.slice(0, decoded.consumedBytes) }
      connection.enter({ ...state, grace }, at)
      return connection.await(Math.min(at + decoded.graceMs, state.deadlineAt), OPENING_MAX_BYTES)
    }
    case 'incomplete':
      if (state.grace !== undefined) connection.enter({ ...state, grace: undefined }, at)
      return connection.hasEnded
        ? connection.close('client_closed', at)
        : connection.await(state.deadlineAt, OPENING_MAX_BYTES)
    case 'malformed':
      return refuseOpening(connection, decoded, at)
  }
}

const OPENING_MAX_BYTES: number = FIRST_MESSAGE_MAX_BYTES + LOGIN_START_MAX_BYTES

/** Writes down what the client wants, or closes where its address is none, or forges what only a proxy may say. */
function know(connection: Connection, opening: FirstMessage, at: number): Next {
  connection.opening = opening
  connection.intent = intentOf(opening)
  if (opening.kind === 'legacy-login') connection.player = { name: opening.name, claimedUuid: undefined }
  // BungeeCord forwarding writes the player's address and UUID there, and a backend with it believes whoever does.
  const hasUnknownMarkers = markersOf(opening).kind === 'unknown'
  return hasUnknownMarkers || !isPassable(opening, connection.intent.domain)
    ? connection.close('bad_handshake', at)
    : undefined
}

/**
 * Whether address and name may be passed on. Both reach the backend as the client wrote them, behind a wildcard whatever they
 * are: with a line end in them a client would give orders to a service that reads lines.
 */
function isPassable(opening: FirstMessage, domain: string | undefined): boolean {
  if (opening.kind === 'legacy-login' && hasControlCharacter(opening.name)) return false
  // A NUL stands between the name and its markers, which have been read.
  const address = addressOf(opening)?.replaceAll('\0', '') ?? ''
  return !hasControlCharacter(address) && canBeHostName(domain ?? '')
}

function greet(connection: Connection, at: number): Next {
  const { intent, surroundings } = connection
  if (intent === undefined) return undefined
  const isPing = intent.intent === 'status' || intent.intent === 'legacy_status'
  if (connection.isHealthCheck && !isPing) {
    // A player came this way after all: the rules that spared a health check are due now.
    connection.isHealthCheck = false
    const refusal = surroundings.policies.admitClient(connection.clientFacts(at))
    if (refusal !== undefined) return refuse(connection, refusal, at)
  }
  const refusal = surroundings.policies.admitIntent(connection.clientFacts(at), intent) ?? route(connection, intent, at)
  if (refusal !== undefined) return refuse(connection, refusal, at)

  switch (intent.intent) {
    case 'legacy_status':
    case 'legacy_login':
      return serve(connection, at)
    case 'status':
      connection.enter({ name: 'status-request', deadlineAt: nextDeadline(connection, at), due: undefined }, at)
      return GO_ON
    case 'login':
    case 'transfer':
      connection.enter({ name: 'login-start', deadlineAt: nextDeadline(connection, at) }, at)
      return GO_ON
  }
}

/** Where the answer is known to be a text, the rest is only waited for as long as for one that was refused. */
function nextDeadline({ destination, surroundings }: Connection, at: number): number {
  const { loginStartMs } = surroundings.settings.timeouts
  return at + (destination?.kind === 'nowhere' ? Math.min(loginStartMs, REFUSAL_READ_MS) : loginStartMs)
}

function intentOf(opening: FirstMessage): IntentFacts {
  switch (opening.kind) {
    case 'handshake':
      return { intent: opening.intent, domain: domainOf(opening.host), protocol: opening.protocolVersion }
    case 'legacy-login':
      return {
        intent: 'legacy_login',
        domain: opening.target && domainOf(opening.target.host),
        protocol: opening.protocolVersion,
      }
    case 'legacy-ping':
      if (opening.form !== '1.6') return { intent: 'legacy_status', domain: undefined, protocol: undefined }
      return { intent: 'legacy_status', domain: domainOf(opening.host), protocol: opening.protocolVersion }
  }
}

function domainOf(host: string): string | undefined {
  return cleanDomain(host) || undefined
}

function markersOf(opening: FirstMessage): ReturnType<typeof splitAddress>['markers'] {
  return opening.kind === 'handshake' ? opening.markers : splitAddress(addressOf(opening) ?? '').markers
}

/** As sent; undefined where this kind of client says none. */
function addressOf(opening: FirstMessage): string | undefined {
  switch (opening.kind) {
    case 'handshake':
      return opening.address
    case 'legacy-login':
      return opening.target?.host
    case 'legacy-ping':
      return opening.form === '1.6' ? opening.host : undefined
  }
}

function refuseOpening(connection: Connection, { code }: Malformed, at: number): Next {
  // Where no header was read these may be the first two bytes of one; after one, there is no second.
  const mayBeHeader = connection.receivedHeader === undefined
  if (mayBeHeader && beginsHeader(connection.intake.unread) === 'yes') return refuseUnexpectedHeader(connection, at)
  // A frame that announces more than a handshake can have would not fit what we are ready to hold.
  return connection.close(code === 'frame-too-long' ? 'overrun' : 'bad_handshake', at)
}
