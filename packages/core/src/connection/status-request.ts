import { decodeStatusRequest, encodePing, STATUS_REQUEST_MAX_BYTES } from '@infrarust/minecraft'
import { answerRefusal } from './answer.ts'
import type { Connection, Next } from './connection.ts'
import { serve } from './serve.ts'
import type { StateOf, StepInput } from './state.ts'

/** Waits for the request, so that a handshake alone makes nobody dial or fetch anything. */
export function readStatusRequest(connection: Connection, state: StateOf<'status-request'>, input: StepInput): Next {
  const { at } = input
  switch (input.kind) {
    case 'entered':
    case 'bytes':
      break
    case 'ended':
      return connection.close('client_closed', at)
    case 'deadline':
      return connection.close(causeOf(connection, state) ?? 'handshake_timeout', at)
    default:
      return undefined
  }

  const { intake } = connection
  const decoded = decodeStatusRequest(intake.unread)
  switch (decoded.kind) {
    case 'incomplete':
      return connection.hasEnded
        ? connection.close('client_closed', at)
        : connection.await(state.deadlineAt, 2 * STATUS_REQUEST_MAX_BYTES)
    case 'malformed':
      return connection.close(decoded.code === 'frame-too-long' ? 'overrun' : 'bad_handshake', at)
    case 'decoded':
      break
  }

  intake.keep(decoded.consumedBytes)
  if (decoded.value.kind === 'ping') {
    // Some tools only measure the way. That needs no status, and is not worth a dial.
    connection.reason ??= causeOf(connection, state) ?? 'answered'
    return connection.respondThenClose(encodePing(decoded.value.payload), at)
  }
  connection.hasStatusRequest = true
  keepPing(connection)
  connection.answerDeadlineAt = at + connection.surroundings.settings.timeouts.statusMs
  return state.due === undefined ? serve(connection, at) : answerRefusal(connection, state.due, at)
}

/** A ping in the same segment belongs to the request: whoever answers the one has the other at hand. */
function keepPing(connection: Connection): void {
  const decoded = decodeStatusRequest(connection.intake.unread)
  if (decoded.kind !== 'decoded' || decoded.value.kind !== 'ping') return
  connection.pingPayload = decoded.value.payload.slice()
  connection.intake.keep(decoded.consumedBytes)
}

function causeOf({ destination }: Connection, { due }: StateOf<'status-request'>): Connection['reason'] {
  return due?.reason ?? (destination?.kind === 'nowhere' ? destination.refusal.reason : undefined)
}
