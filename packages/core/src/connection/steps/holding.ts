import type { Reason } from '../../record/reasons.ts'
import type { StepInput } from '../input.ts'
import type { StateOf, WaitingFor } from '../state.ts'
import type { Next, Turn } from '../turn.ts'
import { beginAnew, proceed } from './begin.ts'
import { refuse } from './refuse.ts'

/** Why a client is refused for whom the wait was too long. */
const REASON_WHEN_OVERDUE = {
  routes: 'starting',
  endpoints: 'server_down',
  status: 'server_down',
} as const satisfies Record<WaitingFor, Reason>

/** Something is under way elsewhere; its outcome is not handed over, it is asked for again. */
export function waitForSettled(turn: Turn, { facts, waitingFor }: StateOf<'holding'>, input: StepInput): Next {
  switch (input.kind) {
    case 'settled':
      return waitingFor === 'routes' ? beginAnew(turn, facts) : proceed(turn, facts)
    case 'deadline':
      return refuse(turn, facts, { reason: REASON_WHEN_OVERDUE[waitingFor] })
    case 'overrun':
      return turn.close('overrun', 'reset')
    default:
      // A client that has only closed its own side still gets its answer.
      return undefined
  }
}
