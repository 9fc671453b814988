import type { JoinAnswer, ServerSight } from '../../power/managed-servers.ts'
import type { Server } from '../../server/server.ts'
import { type Joining, knowAnswerDue } from '../facts.ts'
import type { Beat, StateOf } from '../state.ts'
import type { Next, Turn } from '../turn.ts'
import { HELD_MAX_BYTES } from './hold.ts'
import { refuse } from './refuse.ts'

/** The first version whose clients answer Login Plugin Requests, whatever their channel: 1.13. */
const BEATS_SINCE = 393
/** A client gives up 30 seconds after the last byte that it got. */
export const BEAT_MS = 10_000

/**
 * Where the server of a player is started and stopped here: whether it is up, else what becomes of the player meanwhile.
 *
 * @returns `up` where it may be dialled
 */
export function waitUntilUp(turn: Turn, facts: Joining, server: Server): Next | 'up' {
  const { managed } = turn.context
  if (managed === undefined) return 'up'
  const answer = managed.join({
    id: facts.id,
    serverId: server.id,
    client: facts.client.port === undefined ? undefined : facts.client.address,
    player: facts.player,
    canWait: canBeat(facts),
  })
  switch (answer.kind) {
    case 'up':
      return 'up'
    case 'refused':
      return refuseAsleep(turn, facts, answer)
    case 'wait':
      return waitFor(turn, facts, server, answer)
  }
}

function canBeat({ opening }: Joining): boolean {
  return opening.kind === 'handshake' && opening.protocolVersion >= BEATS_SINCE
}

function waitFor(turn: Turn, facts: Joining, server: Server, wait: Extract<JoinAnswer, { kind: 'wait' }>): Next {
  const { state } = turn
  const beat: Beat | undefined =
    state.name === 'waking' ? state.beat : canBeat(facts) ? { sent: 0, isOpen: false, lastAt: turn.at } : undefined
  turn.enter({ name: 'waking', facts, server, beat, isUp: false })
  turn.waitFor(wait.done, wait.abandon)
  return beat === undefined ? turn.hold(facts.answerDueAt, HELD_MAX_BYTES) : awaitBeat(turn, beat)
}

/** Until it is time for the next word to the client. */
export function awaitBeat(turn: Turn, { lastAt }: Beat): Next {
  return turn.await(lastAt + BEAT_MS, HELD_MAX_BYTES)
}

function refuseAsleep(
  turn: Turn,
  facts: Joining,
  { reason, detail, sight }: Extract<JoinAnswer, { kind: 'refused' }>,
): Next {
  return refuse(turn, facts, { reason, ...(detail !== undefined && { detail }), sight })
}

/** A client that cannot be kept longer, while its server is still on the way. */
export function refuseStillStarting(turn: Turn, { facts, server }: StateOf<'waking'>): Next {
  const sight = turn.context.managed?.sight(server.id)
  return refuse(turn, facts, { reason: 'starting', detail: comeBack(sight), ...(sight !== undefined && { sight }) })
}

/** When it is worth trying again. */
export function comeBack(sight: ServerSight | undefined): string {
  const restMs =
    sight?.etaMs === undefined ? undefined : sight.etaMs - (sight.phase === 'starting' ? sight.elapsedMs : 0)
  if (restMs === undefined || restMs < 1_000) return 'Come back in a moment.'
  return `Come back in about ${Math.ceil(restMs / 1_000)} seconds.`
}

/** The server is up: from now on there is a budget for its answer, within the client's own patience. */
export function knowIsUp(turn: Turn, facts: Joining, server: Server, beat: Beat | undefined): void {
  if (beat === undefined) return
  const { loginAnswerMs } = turn.context.settings.timeouts
  const answerMs = server.timeouts.loginAnswerMs ?? loginAnswerMs
  knowAnswerDue(facts, Math.min(turn.at + answerMs, beat.lastAt + PATIENCE_MS))
}

const PATIENCE_MS = 28_000
