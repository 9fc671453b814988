import type { Refusal } from '../policy/policy.ts'
import { answerRefusal } from './answer.ts'
import type { Connection, Next } from './connection.ts'
import { GO_ON } from './go-on.ts'
import { serverOfTexts } from './route.ts'

/**
 * How long a refused client is listened to for the sake of the answer. With the second that closing in order may take,
 * a refusal lives two seconds at most, and refusals cannot fill the house.
 */
export const REFUSAL_READ_MS = 1_000

/**
 * Turns a connection away: with a text in the client's own protocol, unless that is to be silent or there are too many.
 * Asked again once it is known what the client wants, since the server that it names may have another text, or none.
 */
export function refuse(connection: Connection, refusal: Refusal, at: number): Next {
  connection.reason ??= refusal.reason
  if (isSilent(connection, refusal)) return connection.close(refusal.reason, at)
  if (!connection.surroundings.mayAnswer(connection.id)) return connection.close(refusal.reason, at, 'reset')
  if (connection.intent !== undefined) return answerRefusal(connection, refusal, at)
  connection.enter({ name: 'refusing', refusal, deadlineAt: at + REFUSAL_READ_MS, grace: undefined }, at)
  return GO_ON
}

function isSilent(connection: Connection, { reason }: Refusal): boolean {
  const { surroundings } = connection
  if (reason === 'unknown_domain' && surroundings.settings.unknownDomainBehavior === 'drop') return true
  return surroundings.messages.isSilent(reason, serverOfTexts(connection))
}
