import { decodeStatusRequest, describeMalformed, encodePing, STATUS_REQUEST_MAX_BYTES } from '@infrarust/minecraft'
import type { Reason } from '../../record/reasons.ts'
import { answerDue } from '../clocks.ts'
import { knowPing } from '../facts.ts'
import type { StepInput } from '../input.ts'
import type { StateOf } from '../state.ts'
import type { Next, Turn } from '../turn.ts'
import { answerRefusedPing } from './answer.ts'
import { begin } from './begin.ts'

/** Waits for the request, so that a handshake alone makes nobody dial or fetch anything. */
export function readStatusRequest(turn: Turn, state: StateOf<'status-request'>, input: StepInput): Next {
  switch (input.kind) {
    case 'entered':
    case 'bytes':
      break
    case 'ended':
      return turn.close('client_closed')
    case 'deadline':
      return turn.close(refusedFor(state) ?? 'handshake_timeout')
    default:
      return undefined
  }

  const { bytes } = turn
  const decoded = decodeStatusRequest(bytes.unread)
  switch (decoded.kind) {
    case 'incomplete':
      return bytes.hasEnded ? turn.close('client_closed') : turn.await(state.deadlineAt, 2 * STATUS_REQUEST_MAX_BYTES)
    case 'malformed':
      return turn.closeFor(
        decoded.code === 'frame-too-long' ? 'overrun' : 'bad_handshake',
        `not a status request: ${describeMalformed(decoded)}`,
      )
    case 'decoded':
      break
  }

  bytes.keep(decoded.consumedBytes)
  if (decoded.value.kind === 'ping') {
    // Some tools only measure the way. That needs no status, and is not worth a dial.
    turn.because(refusedFor(state) ?? 'answered')
    return turn.respondThenClose(encodePing(decoded.value.payload))
  }
  const payload = takePing(turn)
  if (state.due !== undefined) return answerRefusedPing(turn, state.facts, state.due, payload)
  const { facts } = state
  const answerDueAt = answerDue(facts, turn.context.settings, turn.at)
  return begin(turn, knowPing(facts, payload, answerDueAt))
}

/** A ping in the same segment belongs to the request: whoever answers the one has the other at hand. */
function takePing({ bytes }: Turn): Uint8Array | undefined {
  const decoded = decodeStatusRequest(bytes.unread)
  if (decoded.kind !== 'decoded' || decoded.value.kind !== 'ping') return undefined
  const payload = decoded.value.payload.slice()
  bytes.keep(decoded.consumedBytes)
  return payload
}

function refusedFor({ facts: { destination }, due }: StateOf<'status-request'>): Reason | undefined {
  return due?.reason ?? (destination?.kind === 'nowhere' ? destination.refusal.reason : undefined)
}
