import {
  compressedFrame,
  decodeStatusJson,
  decodeStatusRequest,
  encodeLegacyKick,
  encodeLegacyStatus,
  encodeLoginDisconnect,
  encodePing,
  type FirstMessage,
  type LegacyPing,
  STATUS_REQUEST_MAX_BYTES,
  type Status,
  statusJson,
} from '@infrarust/minecraft'
import type { About, StatusText } from '../../messages/messages.ts'
import type { Refusal } from '../../policy/facts.ts'
import type { ServerSight } from '../../power/managed-servers.ts'
import type { StatusDecision } from '../../status/status-source.ts'
import { pingDue, refusalDue } from '../clocks.ts'
import type { Complete, Dialled, Facts, IntentKnown, Pinging, Routed } from '../facts.ts'
import type { StepInput } from '../input.ts'
import { concat } from '../intake.ts'
import type { StateOf } from '../state.ts'
import type { Next, Turn } from '../turn.ts'
import { serverOfTexts } from './server-of-texts.ts'

/** Gives the text for a refusal in the protocol that the client speaks: a kick for a login, a status for a ping. */
export function answerRefusal(turn: Turn, facts: IntentKnown | Routed | Complete | Dialled, refusal: Refusal): Next {
  const { opening } = facts
  const isStatus = opening.kind === 'handshake' && opening.intent === 'status'
  if (facts.ping === undefined && facts.player === undefined && isStatus) {
    // The request is still to come.
    return turn.goOn({ name: 'status-request', facts, deadlineAt: refusalDue(turn.at), due: refusal })
  }
  return answer(turn, opening, about(turn, facts, refusal.reason, refusal), facts.ping?.payload)
}

/** The same for a list ping that was refused before its request came, which may have brought its `payload` along. */
export function answerRefusedPing(
  turn: Turn,
  facts: IntentKnown | Routed,
  refusal: Refusal,
  payload: Uint8Array | undefined,
): Next {
  return answer(turn, facts.opening, about(turn, facts, refusal.reason, refusal), payload)
}

/** The built-in server of a first run. */
export function welcome(turn: Turn, facts: Complete): Next {
  turn.because('answered')
  return answer(turn, facts.opening, about(turn, facts, 'welcome'), facts.ping?.payload)
}

/** The server sleeps, or is on the way from or to it: it is not dialled for a ping, and not woken. */
export function answerAsleep(turn: Turn, facts: Pinging, sight: ServerSight): Next {
  turn.because('answered')
  // Of one that was not found out about yet nobody knows more than that it may be woken.
  const cause = sight.phase === 'unknown' || sight.phase === 'online' ? 'sleeping' : sight.phase
  return answer(turn, facts.opening, { ...about(turn, facts, cause), sight }, facts.ping.payload)
}

/** A legacy ping is answered without what cannot be read: the server has answered, so it is not down. */
export function answerWithStatus(turn: Turn, { opening, ping }: Pinging, { json, rest }: StatusAnswer): Next {
  turn.because('answered')
  if (opening.kind !== 'legacy-ping') return sendStatus(turn, json, ping.payload, rest)
  const decoded = decodeStatusJson(json)
  const status = decoded.kind === 'decoded' ? legacyStatus(opening, decoded.value) : legacyUnreadable(opening)
  return turn.respondThenClose(status)
}

type StatusAnswer = Extract<StatusDecision, { kind: 'answer' }>

function legacyUnreadable(ping: LegacyPing): Uint8Array {
  return encodeLegacyStatus(ping, { text: '', versionName: '', online: 0, max: 0 })
}

/** After a status: the ping that measures the way, or nothing. */
export function readPing(turn: Turn, state: StateOf<'answering'>, input: StepInput): Next {
  const { bytes } = turn
  switch (input.kind) {
    case 'bytes': {
      const decoded = decodeStatusRequest(bytes.unread)
      if (decoded.kind === 'incomplete' && !bytes.hasEnded)
        return turn.await(state.deadlineAt, STATUS_REQUEST_MAX_BYTES)
      if (decoded.kind !== 'decoded' || decoded.value.kind !== 'ping') return turn.close('answered')
      bytes.drop(decoded.consumedBytes)
      return turn.respondThenClose(encodePing(decoded.value.payload))
    }
    case 'ended':
    case 'deadline':
      return turn.close('answered')
    default:
      return undefined
  }
}

function answer(turn: Turn, opening: FirstMessage, aboutIt: About, payload: Uint8Array | undefined): Next {
  const { messages } = turn.context
  switch (opening.kind) {
    case 'handshake':
      if (opening.intent !== 'status') return kick(turn, encodeLoginDisconnect(messages.kick(aboutIt)))
      // The client's own number: with another one it would show "outdated" instead of the text.
      return sendStatus(turn, jsonOf(messages.status(aboutIt), opening.protocolVersion), payload)
    case 'legacy-login':
      return turn.respondThenClose(encodeLegacyKick(messages.kick(aboutIt)))
    case 'legacy-ping': {
      const { description, versionName, players } = messages.status(aboutIt)
      const status = { text: description, versionName, online: players?.online ?? 0, max: players?.max ?? 0 }
      return turn.respondThenClose(encodeLegacyStatus(opening, status))
    }
  }
}

/** Behind a Set Compression that was passed on, the client reads the other format. */
function kick(turn: Turn, frame: Uint8Array): Next {
  const { state } = turn
  const isCompressed = state.name === 'parleying' && state.isCompressed
  return turn.respondThenClose(isCompressed ? compressedFrame(frame) : frame)
}

function sendStatus(turn: Turn, json: string, payload: Uint8Array | undefined, rest?: Uint8Array): Next {
  const response = turn.context.statusResponses.of(json, rest)
  if (payload !== undefined) return turn.respondThenClose(concat(response, encodePing(payload)))
  // Of a client that has ended, only what it sent before can still be shown.
  const isBrief = turn.hasAnswerPlace || turn.bytes.hasEnded
  const deadlineAt = pingDue(isBrief, turn.context.settings, turn.at)
  turn.enter({ name: 'answering', facts: undefined, deadlineAt })
  return turn.respondThenAwait(response, deadlineAt, STATUS_REQUEST_MAX_BYTES)
}

function jsonOf({ versionName, description, players, favicon }: StatusText, protocol: number): string {
  return statusJson({
    version: { name: versionName, protocol },
    description,
    // Monitors take a status without it for that of a server that is down.
    players: players ?? { max: 0, online: 0 },
    ...(favicon !== undefined && { favicon }),
  })
}

function legacyStatus(ping: LegacyPing, { description, version, players }: Status): Uint8Array {
  return encodeLegacyStatus(ping, {
    text: description,
    versionName: version.name,
    protocolVersion: version.protocol,
    online: players?.online ?? 0,
    max: players?.max ?? 0,
  })
}

function about({ context }: Turn, facts: Facts, cause: About['cause'], refusal?: Refusal): About {
  return {
    cause,
    client: facts.client,
    domain: facts.intent?.domain,
    server: serverOfTexts(facts, context.routes),
    detail: refusal?.detail,
    expiresAt: refusal?.expiresAt,
    texts: refusal?.texts,
    sight: refusal?.sight,
  }
}
