import type { Connection, Next } from './connection.ts'
import { GO_ON } from './go-on.ts'
import { refuse } from './refuse.ts'

/** The client address is known: whether it may go on to say where it wants to go. */
export function admitClient(connection: Connection, at: number): Next {
  if (connection.turnedAway !== undefined) return refuse(connection, connection.turnedAway, at)
  connection.wasAdmissionAsked = true
  const refusal = connection.surroundings.policies.admitClient(connection.clientFacts(at))
  if (refusal !== undefined) return refuse(connection, refusal, at)
  // Without a header there was no phase before this one: its clock runs from the accept.
  const since = connection.receivedHeader === undefined ? connection.acceptedAt : at
  const deadlineAt = since + connection.surroundings.settings.timeouts.handshakeMs
  connection.enter({ name: 'handshake', deadlineAt, grace: undefined }, at)
  return GO_ON
}
