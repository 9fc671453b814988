import type { Refusal } from '../../policy/facts.ts'
import type { Cut } from '../input.ts'
import type { Next, Turn } from '../turn.ts'
import { refuse } from './refuse.ts'

/** A ban, a kick, at any time. Before the relay it is a refusal like any other. */
export function cut(turn: Turn, { reason, detail, expiresAt }: Cut): Next {
  const refusal: Refusal = {
    reason,
    ...(detail !== undefined && { detail }),
    ...(expiresAt !== undefined && { expiresAt }),
  }
  const { state } = turn
  switch (state.name) {
    case 'relaying':
      // No text: the stream is encrypted or in the middle of a packet, and would be corrupted.
      return turn.close(reason)
    case 'accepted':
    case 'proxy-header':
    case 'answering':
      return turn.close(reason)
    case 'refusing':
    case 'closed':
      // It is on its way out already, with its own reason.
      return undefined
    default:
      return refuse(turn, state.facts, refusal)
  }
}

/** The proxy is going down: sessions may end by themselves, nobody else begins one. */
export function drain(turn: Turn): Next {
  const { state } = turn
  switch (state.name) {
    case 'relaying':
    case 'answering':
    case 'refusing':
    case 'closed':
      return undefined
    case 'accepted':
    case 'proxy-header':
      return turn.close('shutdown')
    default:
      return refuse(turn, state.facts, { reason: 'shutdown' })
  }
}
