import type { Complete } from '../facts.ts'
import type { WaitingFor } from '../state.ts'
import type { Next, Turn } from '../turn.ts'

/** What a held client may have sent on top; a vanilla client is silent. */
export const HELD_MAX_BYTES: number = 8 * 1024

/**
 * Keeps the client while something is under way elsewhere. The same wait goes on against the same clock, however often it
 * begins again.
 */
export function hold(
  turn: Turn,
  facts: Complete,
  waitingFor: WaitingFor,
  done: PromiseLike<unknown>,
  atMostMs: number,
  abandon?: () => void,
): Next {
  const { state } = turn
  const isSameWait = state.name === 'holding' && state.waitingFor === waitingFor
  const deadlineAt = isSameWait ? state.deadlineAt : Math.min(turn.at + atMostMs, facts.answerDueAt)
  turn.enter({ name: 'holding', facts, waitingFor, deadlineAt })
  turn.waitFor(done, abandon)
  return turn.hold(deadlineAt, HELD_MAX_BYTES)
}
