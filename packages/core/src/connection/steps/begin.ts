import type { Refusal } from '../../policy/facts.ts'
import type { Server } from '../../server/server.ts'
import { FIRST_LIST_MS } from '../clocks.ts'
import { type Complete, judgedPlayer, knowOtherDestination, knowPingRelayed, type Pinging, serverOf } from '../facts.ts'
import { MODES } from '../modes/modes.ts'
import type { Next, Turn } from '../turn.ts'
import { answerAsleep, answerWithStatus, welcome } from './answer.ts'
import { dialBackend, recheck } from './dial.ts'
import { hold } from './hold.ts'
import { refuseLoop } from './loop.ts'
import { refuse } from './refuse.ts'
import { admitToServer, destinationOf } from './route.ts'

/** The client has said all that it has to say: it gets its server or its answer now, or waits for what is missing. */
export function begin(turn: Turn, facts: Complete): Next {
  if (facts.destination.kind === 'not-ready') {
    return hold(turn, facts, 'routes', turn.context.routes.nextTable(), FIRST_LIST_MS)
  }
  const refusal = admitPlayer(turn, facts)
  return refusal === undefined ? proceed(turn, facts) : refuse(turn, facts, refusal)
}

/** There is another routing table. */
export function beginAnew(turn: Turn, facts: Complete): Next {
  knowOtherDestination(facts, destinationOf(turn, facts.intent))
  const refusal = admitToServer(turn, facts)
  return refusal === undefined ? begin(turn, facts) : refuse(turn, facts, refusal)
}

/** Asked after each wait that follows, and asks everything again that may have changed meanwhile. */
export function proceed(turn: Turn, facts: Complete): Next {
  const { destination } = facts
  switch (destination.kind) {
    case 'nowhere':
      if (destination.refusal.reason === 'unknown_domain') noticeUnknownName(turn, facts)
      return refuse(turn, facts, destination.refusal)
    case 'welcome':
      return welcome(turn, facts)
    case 'server':
      return facts.player === undefined
        ? answerPing(turn, facts, destination.server)
        : join(turn, facts, destination.server)
    case 'not-ready':
      return undefined
  }
}

function join(turn: Turn, facts: Complete & { readonly player: object }, server: Server): Next {
  const mode = MODES[server.proxyMode]
  if (mode.kind === 'served') return mode.begin(turn, facts, server)
  return refuse(turn, facts, { reason: 'server_down', detail: mode.detail })
}

function admitPlayer(turn: Turn, facts: Complete): Refusal | undefined {
  const player = judgedPlayer(facts)
  return player && turn.context.policies.admitPlayer(turn.clientFacts(facts), player, serverOf(facts))
}

function answerPing(turn: Turn, facts: Pinging, server: Server): Next {
  // Decided before names had to be waited for.
  if (facts.ping.relayed !== undefined) return dialBackend(turn, facts, server)
  const sight = server.serverManager && turn.context.managed?.sight(server.id)
  if (sight !== undefined && sight.phase !== 'online') {
    const refusal = recheck(turn, facts, server)
    return refusal === undefined ? answerAsleep(turn, facts, sight) : refuse(turn, facts, refusal)
  }
  const found = turn.context.endpoints.of(server)
  if (found.kind === 'loop') return refuseLoop(turn, facts, server, found.own)
  const { domain, protocol } = facts.intent
  const decision = turn.context.statuses.ask({ server, domain, protocol, client: facts.client })
  switch (decision.kind) {
    case 'answer': {
      const refusal = recheck(turn, facts, server)
      return refusal === undefined ? answerWithStatus(turn, facts, decision) : refuse(turn, facts, refusal)
    }
    case 'down':
      return refuse(turn, facts, { reason: decision.reason ?? 'server_down' })
    case 'pending':
      return hold(turn, facts, 'status', decision.done, Number.POSITIVE_INFINITY, decision.abandon)
    case 'relay': {
      knowPingRelayed(facts, decision.done)
      return dialBackend(turn, facts, server)
    }
  }
}

/** A player, and not only somebody who pings, wants to go where nothing is: the operator may have forgotten a name. */
function noticeUnknownName({ context, at }: Turn, { player, intent: { domain } }: Complete): void {
  if (player === undefined || !context.unknownNames.isNews(domain ?? '', at)) return
  const message =
    domain === undefined
      ? 'a player joined without a name, and no server takes those; default = true in a server would take them'
      : `a player joined by ${JSON.stringify(domain)}, which no server has: add it to the domains of one, or write ` +
        'default = true in the server that takes every other name'
  context.notice({ level: 'info', message })
}
