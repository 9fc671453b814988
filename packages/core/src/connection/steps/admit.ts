import { handshakeDue } from '../clocks.ts'
import type { Arrived } from '../facts.ts'
import type { Next, Turn } from '../turn.ts'
import { refuse } from './refuse.ts'

/** The client address is known: whether it may go on to say where it wants to go. */
export function admitClient(turn: Turn, arrived: Arrived): Next {
  if (arrived.overCapacity !== undefined) return refuse(turn, arrived, arrived.overCapacity)
  const facts = turn.note<Arrived>({ ...arrived, wasAdmissionAsked: true })
  const refusal = turn.context.policies.admitClient(turn.clientFacts(facts))
  if (refusal !== undefined) return refuse(turn, facts, refusal)
  const deadlineAt = handshakeDue(facts, turn.context.settings, turn.at)
  return turn.goOn({ name: 'handshake', facts, deadlineAt, grace: undefined })
}
