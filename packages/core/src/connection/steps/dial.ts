import { rewriteHost } from '@infrarust/minecraft'
import { endpointText } from '../../addresses/socket-address.ts'
import type { BackendLogin } from '../../forwarding/forwarding.ts'
import { closedOnLongAddress } from '../../forwarding/mismatch.ts'
import type { Endpoint } from '../../names/backend-names.ts'
import type { Refusal } from '../../policy/facts.ts'
import type { Reason } from '../../record/reasons.ts'
import type { Server } from '../../server/server.ts'
import type { Attempt, AttemptFailure } from '../../transport/contract.ts'
import { EXHAUSTED_AGAIN_MS, exhaustedNotice } from '../../transport/exhausted.ts'
import { FIRST_ADDRESS_MS } from '../clocks.ts'
import { type Complete, type Dialled, type Joining, knowEndpoint, knowLoginEndpoint, knowRelay } from '../facts.ts'
import type { StepInput } from '../input.ts'
import { concat } from '../intake.ts'
import type { DialPlan, LoginPlan, StateOf } from '../state.ts'
import type { Next, Turn } from '../turn.ts'
import { hold } from './hold.ts'
import { loginHead } from './login-head.ts'
import { countDial, noticeOwnEndpoints, refuseLoop } from './loop.ts'
import { beginParley } from './parley.ts'
import { refuse } from './refuse.ts'
import { encodeSentHeader } from './sent-header.ts'
import { waitUntilUp } from './wake.ts'

/**
 * How many bytes of a client are sent to a backend that has not said anything, and kept for the next one. After Login
 * Start it is the server's turn to speak.
 */
const REPLAY_LIMIT_BYTES = 8 * 1024

/** Dials a server's addresses in order, as soon as they are known; what the client has sent goes on as it came. */
export function dialBackend(turn: Turn, facts: Complete, server: Server): Next {
  return dialOnceKnown(turn, facts, server, undefined)
}

/** The same for a player whom the proxy logs in: the backend's own login is listened to before anything is relayed. */
export function dialToLogIn(turn: Turn, facts: Joining, server: Server, login: BackendLogin): Next {
  return dialOnceKnown(turn, facts, server, login)
}

function dialOnceKnown(turn: Turn, facts: Complete, server: Server, login: BackendLogin | undefined): Next {
  const refusal = recheck(turn, facts, server)
  if (refusal !== undefined) return refuse(turn, facts, refusal)
  if (server.serverManager !== undefined && facts.player !== undefined) {
    const next = waitUntilUp(turn, facts, server)
    if (next !== 'up') return next
  }

  const found = turn.context.endpoints.of(server)
  switch (found.kind) {
    case 'pending':
      return hold(turn, facts, 'endpoints', found.done, FIRST_ADDRESS_MS)
    case 'failed':
      turn.context.notice({ level: 'warn', message: `server "${server.id}": ${found.message}` })
      return refuse(turn, facts, { reason: 'server_down' })
    case 'loop':
      return refuseLoop(turn, facts, server, found.own)
    case 'ready': {
      if (found.own !== undefined) noticeOwnEndpoints(turn, server, found.own)
      const endpoints = turn.context.endpointMemory.ordered(found.endpoints, turn.at, facts.player !== undefined)
      return dial(turn, facts, { server, endpoints, leadsBack: found.own !== undefined }, login)
    }
  }
}

/** A ban that landed since the client was admitted is found here, right before anything is dialled or answered. */
export function recheck(turn: Turn, facts: Complete, server: Server): Refusal | undefined {
  return turn.context.policies.recheck(turn.clientFacts(facts), facts.player, server)
}

/** Each address gets the same first bytes: who the client is, then what it has sent. */
function dial(turn: Turn, complete: Complete, plan: DialPlan, login: BackendLogin | undefined): Next {
  const { server, endpoints } = plan
  const [endpoint] = endpoints
  if (endpoint === undefined) return refuse(turn, complete, { reason: 'server_down' })
  const { timeouts, connectTimeoutMs } = turn.context.settings
  const head =
    login === undefined || complete.player === undefined
      ? headFor(turn, complete, server)
      : loginHead(turn, complete, server, login)
  if (head === undefined) return refuse(turn, complete, { reason: 'forwarding' })
  const attempts: Attempt[] = endpoints.map(({ address, port }) => ({
    address,
    port,
    head,
    connectTimeoutMs: server.timeouts.connectMs ?? connectTimeoutMs,
  }))
  // Last before the state that gives it back: what is counted and never given back would be a loop one day.
  const dials = countDial(turn, complete, server)
  if (dials === 'too-many') return refuse(turn, complete, { reason: 'loop' })
  const facts = knowEndpoint(complete, endpoint)
  const isLogin = login !== undefined && facts.player !== undefined
  turn.enter(isLogin ? { ...plan, name: 'dialling', facts, login } : diallingOf(facts, plan))
  if (dials !== undefined) turn.releaseWithState(() => turn.context.dials.end(dials))
  const relay = {
    attempts,
    deadlineAt: facts.answerDueAt,
    replayLimitBytes: REPLAY_LIMIT_BYTES,
    idleMs: server.timeouts.idleMs ?? timeouts.idleMs,
    halfClosedIdleMs: timeouts.halfClosedMs,
  }
  return isLogin ? turn.relayWithParley(relay) : turn.relay(relay)
}

function diallingOf(facts: Dialled, { server, endpoints, leadsBack }: DialPlan): StateOf<'dialling'> {
  return { name: 'dialling', facts, server, endpoints, leadsBack }
}

/** Waits for the first byte of a backend. */
export function watchDial(turn: Turn, state: StateOf<'dialling'>, input: StepInput): Next {
  const { facts, endpoints, server } = state
  switch (input.kind) {
    case 'dialled': {
      const endpoint = endpoints[input.attempt] ?? facts.endpoint
      facts.ping?.relayed?.done?.()
      turn.context.endpointMemory.answered(endpoint)
      rememberTimeouts(turn, endpoints, input.failures)
      if (input.failures.length > 0) noticeFailures(turn, server, endpoints, input.failures)
      turn.forgetBytes()
      if ('login' in state) return beginParley(turn, knowLoginEndpoint(state.facts, endpoint), server, state.login)
      turn.enter({ name: 'relaying', facts: knowRelay(facts, endpoint) })
      return undefined
    }
    case 'dial-failed': {
      rememberTimeouts(turn, endpoints, input.failures)
      const dialled = knowEndpoint(facts, endpoints.at(-1) ?? facts.endpoint)
      if (hasFollowed(turn, input.failures)) turn.because('client_closed')
      else noticeFailures(turn, server, endpoints, input.failures)
      if ('login' in state) noticeForwardedTooMuch(turn, state, input.failures)
      return refuse(turn, dialled, { reason: reasonOf(state, input.failures) })
    }
    case 'ended':
      // Of a login its FIN is not passed on, so nobody else ends it.
      return 'login' in state ? turn.close('client_closed') : undefined
    case 'deadline':
      if (turn.bytes.hasEnded) turn.because('client_closed')
      turn.context.notice({
        level: 'warn',
        message: `server "${server.id}": no address of it has answered in time`,
      })
      return refuse(turn, facts, { reason: 'server_down' })
    default:
      return undefined
  }
}

/**
 * Whether a backend has only followed the client, which had closed its side before it: the player gave up while the
 * server was thinking. Nothing is wrong with such a server; who only closed its side still reads the text.
 */
function hasFollowed({ bytes }: Turn, failures: readonly AttemptFailure[]): boolean {
  return bytes.hasEnded && failures.some(({ cause }) => cause === 'closed_early')
}

/** What a server does that has not been told to expect forwarding in the address: its own limit is below what that needs. */
function noticeForwardedTooMuch(
  { context }: Turn,
  { login, server }: DialPlan & LoginPlan,
  failures: readonly AttemptFailure[],
): void {
  const kind = login.forwarding.kind
  const isLong = kind === 'bungeecord' || kind === 'bungeeguard'
  if (isLong && failures.some(({ cause }) => cause === 'closed_early'))
    context.notice({ level: 'warn', message: closedOnLongAddress({ server, login }) })
}

/** Only a connect that nobody answered: after it, it may be the client that made a server silent. */
function rememberTimeouts(
  { context, at }: Turn,
  endpoints: readonly Endpoint[],
  failures: readonly AttemptFailure[],
): void {
  for (const { attempt, cause } of failures) {
    const endpoint = endpoints[attempt]
    if (cause === 'timeout' && endpoint !== undefined) context.endpointMemory.timedOut(endpoint, at)
  }
}

/** What all the failures together amount to: nothing is wrong with a server that we could not even begin to dial. */
function reasonOf({ leadsBack }: StateOf<'dialling'>, failures: readonly AttemptFailure[]): Reason {
  if (failures.some(({ cause }) => cause === 'exhausted')) return 'proxy_full'
  return leadsBack ? 'loop' : 'server_down'
}

/** All of it in one piece, so that it leaves in one segment. The client's own bytes stay untouched but for `domain_rewrite`. */
function headFor(turn: Turn, facts: Complete, server: Server): Uint8Array {
  const { bytes } = turn
  const { opening } = facts
  // Half a ping behind a status request stays with the transport: should dialling fail, it is answered when it is whole.
  if (facts.player !== undefined) bytes.keep(bytes.unreadBytes)
  const header = encodeSentHeader(turn.context, facts, server)
  const { kept } = bytes
  if (server.domainRewrite === undefined || opening.kind !== 'handshake') return concat(header, kept)
  const frameBytes = opening.frame.length
  // Kept bytes begin with the handshake; the view that it was decoded from may be gone by now.
  const handshake = { ...opening, frame: kept.subarray(0, frameBytes) }
  const rewritten = rewriteHost(handshake, server.domainRewrite)
  // Too long with its markers: better the name that the player typed than markers cut off.
  return rewritten === undefined ? concat(header, kept) : concat(header, rewritten, kept.subarray(frameBytes))
}

function noticeFailures(
  { context }: Turn,
  server: Server,
  endpoints: readonly Endpoint[],
  failures: readonly AttemptFailure[],
): void {
  const exhausted = failures.find(({ cause }) => cause === 'exhausted')
  if (exhausted !== undefined) {
    context.noticeSeldom('exhausted', EXHAUSTED_AGAIN_MS, exhaustedNotice(exhausted.message))
  }
  const ofServer = failures.filter(({ cause }) => cause !== 'exhausted')
  if (ofServer.length === 0) return
  const each = ofServer.map(({ attempt, cause, message }) => {
    const endpoint = endpoints[attempt]
    return `${endpoint === undefined ? attempt : endpointText(endpoint)}: ${message} (${cause})`
  })
  const hints = new Set(
    ofServer.map(({ attempt, cause }) => {
      const isUnix = endpoints[attempt] !== undefined && endpoints[attempt].port === undefined
      return (isUnix ? HINTS_ABOUT_SOCKETS[cause] : undefined) ?? HINTS[cause]
    }),
  )
  const message = `server "${server.id}" did not answer at ${each.join(', ')}; ${[...hints].join('; ')}`
  context.notice({ level: 'warn', message })
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

/** The same of a Unix socket, where that is another. */
const HINTS_ABOUT_SOCKETS: Partial<typeof HINTS> = {
  refused: 'nothing takes connections at that socket: is the server running?',
  unreachable: 'there is no such socket: is the path right, and is the server running?',
  error: 'the system refused to open it: may the user of this proxy write to the socket, and enter its folder?',
}
