import {
  decodeFirst,
  FIRST_MESSAGE_MAX_BYTES,
  type FirstMessage,
  LOGIN_START_MAX_BYTES,
  type Malformed,
  splitAddress,
} from '@infrarust/minecraft'
import { canBeHostName, cleanDomain } from '../../domains/domain.ts'
import type { IntentFacts } from '../../policy/facts.ts'
import { hasControlCharacter } from '../../text/control-characters.ts'
import { isPlayerName } from '../../text/player-name.ts'
import { answerDue, requestDue } from '../clocks.ts'
import {
  type Arrived,
  type IntentKnown,
  isPing,
  knowDestination,
  knowIntent,
  knowPing,
  knowPlayer,
  knowPlayerBehindCheck,
  type Routed,
} from '../facts.ts'
import type { StepInput } from '../input.ts'
import type { StateOf } from '../state.ts'
import type { Next, Turn } from '../turn.ts'
import { looksLikeHeader, openingFault } from '../what-came.ts'
import { begin } from './begin.ts'
import { refuseSecondHeader, refuseUnexpectedHeader, refuseUnknownPlayer } from './header-fault.ts'
import { refuse } from './refuse.ts'
import { admitToServer, destinationOf } from './route.ts'

/** Reads what the client opens with; then it is known what it wants, and where. */
export function readHandshake(turn: Turn, state: StateOf<'handshake'>, input: StepInput): Next {
  return readFirst(turn, state, input, admitIntent)
}

/** The same for a client that is turned away already: nothing is asked any more, it only gets its answer. */
export function readToRefuse(turn: Turn, state: StateOf<'refusing'>, input: StepInput): Next {
  return readFirst(turn, state, input, (_, facts) => refuse(turn, facts, state.refusal))
}

function readFirst(
  turn: Turn,
  state: StateOf<'handshake' | 'refusing'>,
  input: StepInput,
  then: (turn: Turn, facts: IntentKnown) => Next,
): Next {
  const { bytes } = turn
  switch (input.kind) {
    case 'entered':
    case 'bytes':
      break
    case 'ended':
    case 'deadline':
      // Nothing came after `fe` or `fe 01`: that was all of it.
      if (state.grace !== undefined) {
        bytes.keepShownBefore(state.grace.bytes)
        return takeOpening(turn, state.facts, state.grace.ping, then)
      }
      return turn.close(input.kind === 'ended' ? 'client_closed' : 'handshake_timeout')
    default:
      return undefined
  }

  const decoded = decodeFirst(bytes.unread)
  switch (decoded.kind) {
    case 'decoded':
      bytes.keep(decoded.consumedBytes)
      return takeOpening(turn, state.facts, decoded.value, then)
    case 'unless-more': {
      const grace = { ping: decoded.value, bytes: bytes.unread.slice(0, decoded.consumedBytes) }
      turn.enter({ ...state, grace })
      return turn.await(Math.min(turn.at + decoded.graceMs, state.deadlineAt), OPENING_MAX_BYTES)
    }
    case 'incomplete':
      if (state.grace !== undefined) turn.enter({ ...state, grace: undefined })
      return bytes.hasEnded ? turn.close('client_closed') : turn.await(state.deadlineAt, OPENING_MAX_BYTES)
    case 'malformed':
      return refuseOpening(turn, state.facts, decoded)
  }
}

const OPENING_MAX_BYTES: number = FIRST_MESSAGE_MAX_BYTES + LOGIN_START_MAX_BYTES

/** Notes what the client wants, or closes where its address is none, or forges what only a proxy may say. */
function takeOpening(
  turn: Turn,
  arrived: Arrived,
  opening: FirstMessage,
  then: (turn: Turn, facts: IntentKnown) => Next,
): Next {
  const player = opening.kind === 'legacy-login' ? { name: opening.name, claimedUuid: undefined } : undefined
  const facts = knowIntent(arrived, opening, intentOf(opening), player)
  // BungeeCord forwarding writes the player's address and UUID there, and a backend with it believes whoever does.
  const hasUnknownMarkers = markersOf(opening).kind === 'unknown'
  if (hasUnknownMarkers)
    return turn.closeFor('bad_handshake', 'forwarding data behind the name, which only a proxy may write')
  if (!isPassable(opening, facts.intent.domain))
    return turn.closeFor('bad_handshake', 'a name with characters that no host or player has')
  return then(turn, facts)
}

/**
 * Whether address and name may be passed on. Both reach the backend as the client wrote them, behind a wildcard whatever they
 * are: with a line end in them a client would give orders to a service that reads lines.
 */
function isPassable(opening: FirstMessage, domain: string | undefined): boolean {
  if (opening.kind === 'legacy-login' && !isPlayerName(opening.name)) return false
  if (!canBeHostName(domain ?? '')) return false
  const address = addressOf(opening) ?? ''
  // Of what is the name itself that is known by now. A NUL stands between the name and its markers, which have been read.
  return address === domain || !hasControlCharacter(address) || !hasControlCharacter(address.replaceAll('\0', ''))
}

function admitIntent(turn: Turn, facts: IntentKnown): Next {
  const { policies } = turn.context
  if (facts.isHealthCheck && !isPing(facts.intent)) {
    if (facts.client.port === undefined) return refuseUnknownPlayer(turn, facts)
    // A player came this way after all: the rules that spared a health check are due now.
    knowPlayerBehindCheck(facts)
    const refusal = policies.admitClient(turn.clientFacts(facts))
    if (refusal !== undefined) return refuse(turn, facts, refusal)
  }
  const refusal = policies.admitIntent(turn.clientFacts(facts), facts.intent)
  if (refusal !== undefined) return refuse(turn, facts, refusal)
  return goToServer(turn, knowDestination(facts, destinationOf(turn, facts.intent)))
}

function goToServer(turn: Turn, facts: Routed): Next {
  const { settings } = turn.context
  const refusal = admitToServer(turn, facts)
  if (refusal !== undefined) return refuse(turn, facts, refusal)
  switch (facts.opening.kind) {
    case 'legacy-ping':
      return begin(turn, knowPing(facts, undefined, answerDue(facts, settings, turn.at)))
    case 'legacy-login': {
      const player = { name: facts.opening.name, claimedUuid: undefined }
      return begin(turn, knowPlayer(facts, player, answerDue(facts, settings, turn.at)))
    }
    case 'handshake': {
      const deadlineAt = requestDue(facts, settings, turn.at)
      return facts.opening.intent === 'status'
        ? turn.goOn({ name: 'status-request', facts, deadlineAt, due: undefined })
        : turn.goOn({ name: 'login-start', facts, deadlineAt })
    }
  }
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

function refuseOpening(turn: Turn, facts: Arrived, fault: Malformed): Next {
  const { unread } = turn.bytes
  if (looksLikeHeader(unread)) {
    // Where no header was read these are the first bytes of one; after one they are a second.
    return facts.receivedHeader === undefined ? refuseUnexpectedHeader(turn, facts) : refuseSecondHeader(turn, facts)
  }
  // A frame that announces more than a handshake can have would not fit what we are ready to hold.
  return turn.closeFor(fault.code === 'frame-too-long' ? 'overrun' : 'bad_handshake', openingFault(unread, fault))
}
