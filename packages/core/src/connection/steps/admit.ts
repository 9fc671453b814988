import { handshakeDue } from '../clocks.ts'
import { type Arrived, knowAdmissionAsked } from '../facts.ts'
import type { Next, Turn } from '../turn.ts'
import { refuse } from './refuse.ts'

/** The client address is known: whether it may go on to say where it wants to go. */
export function admitClient(turn: Turn, facts: Arrived): Next {
  if (facts.overCapacity !== undefined) return refuse(turn, facts, facts.overCapacity)
  knowAdmissionAsked(facts)
  const refusal = turn.context.policies.admitClient(turn.clientFacts(facts))
  if (refusal !== undefined) return refuse(turn, facts, refusal)
  const deadlineAt = handshakeDue(facts, turn.context.settings, turn.at)
  return turn.goOn({ name: 'handshake', facts, deadlineAt, grace: undefined })
}
