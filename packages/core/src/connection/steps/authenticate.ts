import type { Authentication } from '../../auth/authentication.ts'
import type { Server } from '../../server/server.ts'
import { isPlayerName } from '../../text/player-name.ts'
import { type Joining, knowVerified } from '../facts.ts'
import type { StepInput } from '../input.ts'
import type { StateOf } from '../state.ts'
import type { Next, Turn } from '../turn.ts'
import { HELD_MAX_BYTES } from './hold.ts'
import { logIn } from './log-in.ts'
import { refuse } from './refuse.ts'

/** An outage is one, and not one with each player. */
const AGAIN_MS = 60_000

/** Asks who the player is. Everything behind the client's answer is ciphered, both ways. */
export function askSessionServer(
  turn: Turn,
  facts: Joining,
  server: Server,
  authentication: Authentication,
  secret: Uint8Array,
): Next {
  const { name } = facts.player
  const serverHash = authentication.serverHash(secret)
  const pending = authentication.ask({ name, serverHash, client: facts.client.address })
  if (pending === 'busy') return ciphered(turn, refuse(turn, facts, { reason: 'auth_unavailable' }), secret)
  turn.enter({ name: 'authenticating', facts, server, pending })
  turn.waitFor(pending.done, () => pending.abandon())
  return turn.ciphered(turn.hold(facts.answerDueAt, HELD_MAX_BYTES), secret)
}

/** Where there is a text at all. */
function ciphered(turn: Turn, next: Next, secret: Uint8Array): Next {
  return next?.kind === 'respond' ? turn.ciphered(next, secret) : next
}

/** Nothing is dialled, and nobody is let in, before the session server has said who the player is. */
export function waitForJoin(turn: Turn, state: StateOf<'authenticating'>, input: StepInput): Next {
  switch (input.kind) {
    case 'settled':
      return takeAnswer(turn, state)
    case 'ended':
      return turn.close('client_closed')
    case 'deadline':
      return unavailable(turn, state, 'it has not answered in time')
    case 'overrun':
      return turn.close('overrun', 'reset')
    default:
      return undefined
  }
}

function takeAnswer(turn: Turn, state: StateOf<'authenticating'>): Next {
  const { facts, server, pending } = state
  const { answer } = pending
  switch (answer?.kind) {
    case 'joined': {
      if (!isPlayerName(answer.profile.name)) return unavailable(turn, state, 'it has answered with what is no name')
      knowVerified(facts, answer.profile)
      // All that was asked about the claimed name.
      const refusal = turn.context.policies.admitPlayer(turn.clientFacts(facts), facts.player, server)
      return refusal === undefined ? logIn(turn, facts, server) : refuse(turn, facts, refusal)
    }
    case 'not-joined': {
      const detail = pending.comparesAddress ? OTHER_ADDRESS : NOT_JOINED
      return refuse(turn, facts, { reason: 'auth_failed', detail })
    }
    case 'unavailable':
      return unavailable(turn, state, answer.detail)
    case undefined:
      return unavailable(turn, state, 'it has not answered')
  }
}

function unavailable(turn: Turn, { facts, server }: StateOf<'authenticating'>, detail: string): Next {
  turn.context.noticeSeldom('session server', AGAIN_MS, {
    level: 'warn',
    message: `players of server "${server.id}" cannot be verified: the session server: ${detail}`,
  })
  return refuse(turn, facts, { reason: 'auth_unavailable' })
}

const NOT_JOINED = 'Log in to your account again in the launcher, then restart the game.'
const OTHER_ADDRESS =
  'Log in to your account again in the launcher, then restart the game. With a VPN or a proxy this server cannot be joined.'
