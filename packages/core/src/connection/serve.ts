import type { Server } from '../config/server.ts'
import type { Endpoint } from '../names/backend-names.ts'
import type { Refusal } from '../policy/policy.ts'
import { answerWithStatus, welcome } from './answer.ts'
import type { Connection, Next } from './connection.ts'
import { dial } from './dial.ts'
import { isGoingRound, noticeOwnEndpoints } from './loop.ts'
import { refuse } from './refuse.ts'
import { route, serverOf } from './route.ts'
import type { StateOf } from './state.ts'
import type { Pending } from './surroundings.ts'

/** Nobody waits longer than this for a provider's first list. */
const FIRST_LIST_MS = 5_000
/** Nor than this for the first answer about a name. */
const FIRST_ADDRESS_MS = 2_000
/** What a held client may have sent on top; a vanilla client is silent. */
const HELD_MAX_BYTES = 8 * 1024

/**
 * The client has said all that it has to say: it gets its server or its answer now, or waits for what is missing.
 * Asked again after each wait, and asks everything again that may have changed meanwhile.
 */
export function serve(connection: Connection, at: number): Next {
  const { intent, surroundings } = connection
  if (intent === undefined) return undefined
  if (connection.answerDeadlineAt === Number.POSITIVE_INFINITY) startClock(connection, at)
  if (connection.destination?.kind === 'not-ready') {
    const refusal = route(connection, intent, at)
    if (refusal !== undefined) return refuse(connection, refusal, at)
  }
  const { destination } = connection
  if (destination === undefined || destination.kind === 'not-ready') {
    return hold(connection, 'routes', { kind: 'pending', done: surroundings.routes.nextTable() }, FIRST_LIST_MS, at)
  }
  const refusal = admitPlayer(connection, at)
  if (refusal !== undefined) return refuse(connection, refusal, at)

  switch (destination.kind) {
    case 'nowhere':
      return refuse(connection, destination.refusal, at)
    case 'welcome':
      return welcome(connection, at)
    case 'server':
      return isPing(connection)
        ? serveStatus(connection, destination.server, at)
        : serveServer(connection, destination.server, at)
  }
}

/** One budget for names, other waits and all attempts: a vanilla client gives up after 30 seconds. */
function startClock(connection: Connection, at: number): void {
  const { statusMs, loginAnswerMs } = connection.surroundings.settings.timeouts
  const ofServer = serverOf(connection)?.timeouts.loginAnswerMs
  connection.answerDeadlineAt = at + (isPing(connection) ? statusMs : (ofServer ?? loginAnswerMs))
}

function admitPlayer(connection: Connection, at: number): Refusal | undefined {
  const { player, surroundings } = connection
  if (player === undefined || connection.wasPlayerAsked) return undefined
  connection.wasPlayerAsked = true
  return surroundings.policies.admitPlayer(connection.clientFacts(at), player, serverOf(connection))
}

function serveStatus(connection: Connection, server: Server, at: number): Next {
  const { intent, client, surroundings } = connection
  // Decided before names had to be waited for.
  if (connection.whenAnswered !== undefined) return serveServer(connection, server, at)
  const found = surroundings.endpoints.of(server)
  if (found.kind === 'loop') return refuseLoop(connection, server, found.own, at)
  const decision = surroundings.statuses.ask({ server, domain: intent?.domain, protocol: intent?.protocol, client })
  switch (decision.kind) {
    case 'answer': {
      const refusal = recheck(connection, server, at)
      return refusal === undefined ? answerWithStatus(connection, decision.json, at) : refuse(connection, refusal, at)
    }
    case 'down':
      return refuse(connection, { reason: decision.reason ?? 'server_down' }, at)
    case 'pending':
      return hold(connection, 'status', decision, Number.POSITIVE_INFINITY, at)
    case 'relay':
      connection.whenAnswered = decision.done
      return serveServer(connection, server, at)
  }
}

function serveServer(connection: Connection, server: Server, at: number): Next {
  const { surroundings } = connection
  // A ban that landed since the client was admitted is found here, right before anything is dialled.
  const refusal = recheck(connection, server, at)
  if (refusal !== undefined) return refuse(connection, refusal, at)

  const found = surroundings.endpoints.of(server)
  switch (found.kind) {
    case 'pending':
      return hold(connection, 'endpoints', found, FIRST_ADDRESS_MS, at)
    case 'failed':
      surroundings.notice({ level: 'warn', message: `server "${server.id}": ${found.message}` })
      return refuse(connection, { reason: 'server_down' }, at)
    case 'loop':
      return refuseLoop(connection, server, found.own, at)
    case 'ready':
      if (found.own !== undefined) noticeOwnEndpoints(connection, server, found.own)
      if (isGoingRound(connection, server)) return refuse(connection, { reason: 'loop' }, at)
      return dial(connection, server, found.endpoints, found.own !== undefined, at)
  }
}

function refuseLoop(connection: Connection, server: Server, own: readonly Endpoint[], at: number): Next {
  noticeOwnEndpoints(connection, server, own)
  return refuse(connection, { reason: 'loop' }, at)
}

function recheck(connection: Connection, server: Server, at: number): Refusal | undefined {
  return connection.surroundings.policies.recheck(connection.clientFacts(at), connection.player, server)
}

function hold(
  connection: Connection,
  waitingFor: StateOf<'holding'>['waitingFor'],
  pending: Pending,
  atMostMs: number,
  at: number,
): Next {
  // The same wait goes on against the same clock, however often it is asked again.
  const { state } = connection
  const isSameWait = state.name === 'holding' && state.waitingFor === waitingFor
  const deadlineAt = isSameWait ? state.deadlineAt : Math.min(at + atMostMs, connection.answerDeadlineAt)
  connection.enter({ name: 'holding', waitingFor, deadlineAt }, at)
  return connection.hold(pending, deadlineAt, HELD_MAX_BYTES)
}

function isPing({ intent }: Connection): boolean {
  return intent?.intent === 'status' || intent?.intent === 'legacy_status'
}
