import {
  decodeLoginPluginResponse,
  decodeServerboundLogin,
  describeMalformed,
  encodeLoginPluginRequest,
} from '@infrarust/minecraft'
import { knowOtherDestination } from '../facts.ts'
import type { StepInput } from '../input.ts'
import { MODES } from '../modes/modes.ts'
import type { Beat, StateOf } from '../state.ts'
import type { Next, Turn } from '../turn.ts'
import { HELD_MAX_BYTES } from './hold.ts'
import { refuse } from './refuse.ts'
import { destinationOf } from './route.ts'
import { awaitBeat, BEAT_MS, comeBack, knowIsUp, refuseStillStarting, waitUntilUp } from './wake.ts'

type Waking = StateOf<'waking'>

/** Ours alone: no mod knows it, so every client says that it does not understand, and goes on waiting. */
const CHANNEL = 'infrarust:wait'
/** How long the answer to the last question is waited for once the server is up: no backend may get it. */
const LAST_ANSWER_MS = 5_000
const NO_DATA = new Uint8Array(0)

/** Keeps a player while the server starts. Nothing is sent to a client that could not answer it. */
export function waitForServer(turn: Turn, state: Waking, input: StepInput): Next {
  switch (input.kind) {
    case 'settled':
      return whenSettled(turn, state)
    case 'bytes':
      return readWhileWaiting(turn, state)
    case 'deadline':
      return whenDue(turn, state)
    case 'overrun':
      return turn.close('overrun', 'reset')
    case 'ended':
      return turn.close('client_closed')
    default:
      return undefined
  }
}

function whenDue(turn: Turn, state: Waking): Next {
  const { beat } = state
  if (beat === undefined) return refuseStillStarting(turn, state)
  if (beat.isOpen) return turn.close('login_timeout')
  const next: Beat = { sent: beat.sent + 1, isOpen: true, lastAt: turn.at }
  turn.enter({ ...state, beat: next })
  const request = encodeLoginPluginRequest({ messageId: next.sent, channel: CHANNEL, data: NO_DATA })
  return turn.respondThenAwait(request, next.lastAt + BEAT_MS, HELD_MAX_BYTES)
}

/** Whatever came of it, everything that may have changed meanwhile is asked again, and a slot is taken now. */
function whenSettled(turn: Turn, { facts, server, beat }: Waking): Next {
  const destination = destinationOf(turn, facts.intent)
  // What was found out about the player, and how the stream is ciphered, belongs to that server and its mode.
  if (
    destination.kind !== 'server' ||
    destination.server.id !== server.id ||
    destination.server.proxyMode !== server.proxyMode
  )
    return refuse(turn, facts, { reason: 'starting', detail: comeBack(undefined) })
  knowOtherDestination(facts, destination)
  const { policies } = turn.context
  const client = turn.clientFacts(facts)
  // No limit counts a player twice for having waited.
  const refusal =
    policies.readmit(client, destination.server) ?? policies.admitPlayer(client, facts.player, destination.server)
  if (refusal !== undefined) return refuse(turn, facts, refusal)
  const next = waitUntilUp(turn, facts, destination.server)
  if (next !== 'up') return next
  knowIsUp(turn, facts, destination.server, beat)
  if (beat?.isOpen !== true) return goOn(turn, facts, destination.server)
  turn.enter({ name: 'waking', facts, server: destination.server, beat, isUp: true })
  return turn.await(Math.min(turn.at + LAST_ANSWER_MS, facts.answerDueAt), HELD_MAX_BYTES)
}

function goOn(turn: Turn, facts: Waking['facts'], server: Waking['server']): Next {
  const mode = MODES[server.proxyMode]
  return mode.kind === 'served'
    ? mode.begin(turn, facts, server)
    : refuse(turn, facts, { reason: 'server_down', detail: mode.detail })
}

/** The answers to our questions end here; what else a client says is for its backend, where that reads the client itself. */
function readWhileWaiting(turn: Turn, state: Waking): Next {
  const { bytes } = turn
  const { facts, server } = state
  let { beat } = state
  if (beat === undefined) return undefined
  for (;;) {
    const found = decodeServerboundLogin(bytes.unread, undefined)
    if (found.kind === 'incomplete') break
    if (found.kind === 'malformed')
      return turn.closeFor('bad_handshake', `not a login packet: ${describeMalformed(found)}`)
    if (found.kind === 'long') return turn.close('overrun', 'reset')
    const { frame, packet } = found.value
    const answer = packet === 'login-plugin-response' ? decodeLoginPluginResponse(frame) : undefined
    if (beat.isOpen && answer?.kind === 'decoded' && answer.value.messageId === beat.sent) {
      beat = { ...beat, isOpen: false }
      bytes.drop(found.consumedBytes)
      continue
    }
    if (!isRelayed(server)) return turn.closeFor('bad_handshake', `a packet that nobody has asked for: ${packet}`)
    bytes.keep(found.consumedBytes)
  }
  if (state.isUp && !beat.isOpen) return goOn(turn, facts, server)
  turn.enter({ ...state, beat })
  if (state.isUp) return turn.await(Math.min(turn.at + LAST_ANSWER_MS, facts.answerDueAt), HELD_MAX_BYTES)
  return awaitBeat(turn, beat)
}

/** Whether the backend reads the login itself. */
function isRelayed({ proxyMode }: Waking['server']): boolean {
  return proxyMode !== 'client_only' && proxyMode !== 'offline'
}
