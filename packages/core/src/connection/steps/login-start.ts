import { decodeLoginStart, describeMalformed, LOGIN_START_MAX_BYTES } from '@infrarust/minecraft'
import { isPlayerName } from '../../text/player-name.ts'
import { answerDue } from '../clocks.ts'
import { knowPlayer } from '../facts.ts'
import type { StepInput } from '../input.ts'
import type { StateOf } from '../state.ts'
import type { Next, Turn } from '../turn.ts'
import { begin } from './begin.ts'
import { refuse } from './refuse.ts'

/** Waits until it is known who is asking. What follows the name may be of any layout: it is passed on as it is. */
export function readLoginStart(turn: Turn, { facts, deadlineAt }: StateOf<'login-start'>, input: StepInput): Next {
  switch (input.kind) {
    case 'entered':
    case 'bytes':
      break
    case 'ended':
      return turn.close('client_closed')
    case 'deadline':
      // The text was due anyway; the name would only have told whether another one is.
      if (facts.destination.kind === 'nowhere') return refuse(turn, facts, facts.destination.refusal)
      return turn.close('login_timeout')
    default:
      return undefined
  }

  const { bytes } = turn
  const decoded = decodeLoginStart(bytes.unread, facts.intent.protocol ?? 0)
  switch (decoded.kind) {
    case 'incomplete':
      return bytes.hasEnded ? turn.close('client_closed') : turn.await(deadlineAt, LOGIN_START_MAX_BYTES)
    case 'malformed':
      return turn.closeFor(
        decoded.code === 'frame-too-long' ? 'overrun' : 'bad_handshake',
        `not a Login Start: ${describeMalformed(decoded)}`,
      )
    case 'decoded': {
      bytes.keep(decoded.consumedBytes)
      const { name, claimedUuid } = decoded.value
      const joining = knowPlayer(facts, { name, claimedUuid }, answerDue(facts, turn.context.settings, turn.at))
      if (isPlayerName(name)) return begin(turn, joining)
      return turn.closeFor('bad_handshake', 'a player name with control characters')
    }
  }
}
