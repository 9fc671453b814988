import { rewriteHost } from '@infrarust/minecraft'
import type { Server } from '../config/server.ts'
import type { Endpoint } from '../names/backend-names.ts'
import type { Attempt, AttemptFailure } from '../transport/contract.ts'
import { EXHAUSTED_AGAIN_MS, exhaustedNotice } from '../transport/exhausted.ts'
import type { Connection, Next } from './connection.ts'
import { endpointText } from './endpoint-text.ts'
import { concat } from './intake.ts'
import type { Reason } from './reason.ts'
import { refuse } from './refuse.ts'
import { encodeSentHeader } from './sent-header.ts'
import type { StateOf, StepInput } from './state.ts'

/**
 * How many bytes of a client are sent to a backend that has not said anything, and kept for the next one. After Login
 * Start it is the server's turn to speak.
 */
const REPLAY_LIMIT_BYTES = 8 * 1024

/**
 * Dials a server's addresses in order. Each gets the same first bytes: who the client is, then what it has sent.
 *
 * @param leadsBack whether an address was left out because it is our own
 */
export function dial(
  connection: Connection,
  server: Server,
  endpoints: readonly Endpoint[],
  leadsBack: boolean,
  at: number,
): Next {
  const { surroundings } = connection
  const { timeouts, connectTimeoutMs } = surroundings.settings
  const head = headFor(connection, server)
  const attempts: Attempt[] = endpoints.map(({ address, port }) => ({
    address,
    port,
    head,
    connectTimeoutMs: server.timeouts.connectMs ?? connectTimeoutMs,
  }))
  // Until another one stands, or all have failed: it is dialled, and none behind it may ever be.
  connection.endpoint = endpoints[0]
  connection.enter({ name: 'dialling', endpoints, server, leadsBack }, at)
  return connection.relay({
    attempts,
    deadlineAt: connection.answerDeadlineAt,
    replayLimitBytes: REPLAY_LIMIT_BYTES,
    idleMs: server.timeouts.idleMs ?? timeouts.idleMs,
    halfClosedIdleMs: timeouts.halfClosedMs,
  })
}

export function watchDial(connection: Connection, state: StateOf<'dialling'>, input: StepInput): Next {
  const { endpoints, server } = state
  switch (input.kind) {
    case 'dialled': {
      connection.endpoint = endpoints[input.attempt]
      connection.whenAnswered?.()
      if (input.failures.length > 0) noticeFailures(connection, server, endpoints, input.failures)
      connection.forgetBytes()
      connection.enter(RELAYING, input.at)
      return undefined
    }
    case 'dial-failed':
      connection.endpoint = endpoints.at(-1)
      if (hasFollowed(connection, input.failures)) connection.reason ??= 'client_closed'
      else noticeFailures(connection, server, endpoints, input.failures)
      return refuse(connection, { reason: reasonOf(state, input.failures) }, input.at)
    case 'deadline':
      if (connection.hasEnded) connection.reason ??= 'client_closed'
      connection.surroundings.notice({
        level: 'warn',
        message: `server "${server.id}": no address of it has answered in time`,
      })
      return refuse(connection, { reason: 'server_down' }, input.at)
    default:
      return undefined
  }
}

/**
 * Whether a backend has only followed the client, which had closed its side before it: the player gave up while the
 * server was thinking. Nothing is wrong with such a server; who only closed its side still reads the text.
 */
function hasFollowed({ hasEnded }: Connection, failures: readonly AttemptFailure[]): boolean {
  return hasEnded && failures.some(({ cause }) => cause === 'closed_early')
}

/** What all the failures together amount to: nothing is wrong with a server that we could not even begin to dial. */
function reasonOf({ leadsBack }: StateOf<'dialling'>, failures: readonly AttemptFailure[]): Reason {
  if (failures.some(({ cause }) => cause === 'exhausted')) return 'proxy_full'
  return leadsBack ? 'loop' : 'server_down'
}

/** The same for all of them: a session holds it for hours. */
const RELAYING = { name: 'relaying' } as const

/** All of it in one piece, so that it leaves in one segment. The client's own bytes stay untouched but for `domain_rewrite`. */
function headFor(connection: Connection, server: Server): Uint8Array {
  const { intake, opening } = connection
  // Half a ping behind a status request stays with the transport: should dialling fail, it is answered when it is whole.
  if (connection.player !== undefined) intake.keep(intake.unreadBytes)
  const header = encodeSentHeader(connection, server)
  const { kept } = intake
  if (server.domainRewrite === undefined || opening?.kind !== 'handshake') return concat(header, kept)
  const frameBytes = opening.frame.length
  // Kept bytes begin with the handshake; the view that it was decoded from may be gone by now.
  const handshake = { ...opening, frame: kept.subarray(0, frameBytes) }
  const rewritten = rewriteHost(handshake, server.domainRewrite)
  // Too long with its markers: better the name that the player typed than markers cut off.
  return rewritten === undefined ? concat(header, kept) : concat(header, rewritten, kept.subarray(frameBytes))
}

function noticeFailures(
  { surroundings }: Connection,
  server: Server,
  endpoints: readonly Endpoint[],
  failures: readonly AttemptFailure[],
): void {
  const exhausted = failures.find(({ cause }) => cause === 'exhausted')
  if (exhausted !== undefined) {
    surroundings.noticeSeldom('exhausted', EXHAUSTED_AGAIN_MS, exhaustedNotice(exhausted.message))
  }
  const ofServer = failures.filter(({ cause }) => cause !== 'exhausted')
  if (ofServer.length === 0) return
  const each = ofServer.map(({ attempt, cause, message }) => {
    const endpoint = endpoints[attempt]
    return `${endpoint === undefined ? attempt : endpointText(endpoint)}: ${message} (${cause})`
  })
  const hints = new Set(ofServer.map(({ cause }) => HINTS[cause]))
  const message = `server "${server.id}" did not answer at ${each.join(', ')}; ${[...hints].join('; ')}`
  surroundings.notice({ level: 'warn', message })
}

/** What to look at, by how an address failed. */
const HINTS: Readonly<Record<AttemptFailure['cause'], string>> = {
  refused: 'nothing listens there: is it running, and is the port right?',
  unreachable: 'no way leads there: is the address right, and is this machine in its network?',
  timeout: 'nothing came back: is the address right, and does a firewall let this machine through?',
  closed_early: 'it closed before it said anything: do send_proxy_protocol and what it expects agree?',
  error: 'the system refused to dial it: is the address right?',
  exhausted: 'this proxy had nothing left to dial with',
}
