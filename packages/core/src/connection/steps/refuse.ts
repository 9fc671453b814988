import type { Refusal } from '../../policy/facts.ts'
import { refusalDue } from '../clocks.ts'
import type { Facts, Relayed } from '../facts.ts'
import type { Next, Turn } from '../turn.ts'
import { answerRefusal } from './answer.ts'
import { serverOfTexts } from './server-of-texts.ts'

/**
 * Turns a connection away: with a text in the client's own protocol, unless that is to be silent or there are too many.
 * Asked again once it is known what the client wants, since the server that it names may have another text, or none.
 */
export function refuse(turn: Turn, facts: Exclude<Facts, Relayed>, refusal: Refusal): Next {
  turn.because(refusal.reason)
  // A text in the middle of a frame that is being passed on would only corrupt it.
  if (turn.state.name === 'parleying' && turn.state.leftForClient > 0) return turn.close(refusal.reason)
  if (isSilent(turn, facts, refusal)) return turn.close(refusal.reason)
  if (!turn.takeAnswerPlace()) return turn.close(refusal.reason, 'reset')
  if (facts.opening !== undefined) return answerRefusal(turn, facts, refusal)
  return turn.goOn({ name: 'refusing', facts, refusal, deadlineAt: refusalDue(turn.at), grace: undefined })
}

function isSilent({ context }: Turn, facts: Facts, { reason }: Refusal): boolean {
  if (reason === 'unknown_domain' && context.settings.unknownDomainBehavior === 'drop') return true
  return context.messages.isSilent(reason, serverOfTexts(facts, context.routes))
}
