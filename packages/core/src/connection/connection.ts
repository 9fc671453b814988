import type { FirstMessage } from '@infrarust/minecraft'
import type { SocketAddress } from '../addresses/socket-address.ts'
import type { OnesDials } from '../loop/dials-under-way.ts'
import type { Endpoint } from '../names/backend-names.ts'
import type { ClientFacts, IntentFacts, PlayerFacts, Refusal } from '../policy/policy.ts'
import type { Await, Close, ConnectionId, Decision, Hold, Input, Relay, Respond } from '../transport/contract.ts'
import { readPing } from './answer.ts'
import { cut, drain } from './cut.ts'
import { watchDial } from './dial.ts'
import { type GO_ON, isGoOn } from './go-on.ts'
import { readHandshake, readToRefuse } from './handshake.ts'
import { waitForSettled } from './hold.ts'
import { Intake } from './intake.ts'
import { readLoginStart } from './login-start.ts'
import { PHASE, Phases } from './phases.ts'
import { admitPeer, type ReceivedHeader, readProxyHeader } from './proxy-header.ts'
import type { Reason } from './reason.ts'
import type { Destination } from './route.ts'
import type { State, StateName, StateOf, StepInput } from './state.ts'
import { readStatusRequest } from './status-request.ts'
import type { Listener, Pending, Surroundings } from './surroundings.ts'

/**
 * The life of a connection, fed with inputs and answering with decisions. Rules of this folder:
 *
 * 1. Nothing waits, asks for the time, or throws for what a peer sent. The time is `at` of the input.
 * 2. A step answers with the decision that is now in force, with undefined where the one before stands, or with `GO_ON`
 *    after it has entered another state, whose step is then asked at once, with the bytes that are left.
 * 3. Staying is allowed, any other edge stands in this table.
 * 4. Deadlines are data on the decision. What answers an outdated decision never reaches a step.
 * 5. The first reason stands, whatever happens afterwards.
 */
export const STATES: { readonly [Name in StateName]: Row<Name> } = {
  accepted: {
    step: admitPeer,
    hasSaidAll: false,
    phase: undefined,
    next: ['proxy-header', 'handshake', 'refusing', 'closed'],
  },
  'proxy-header': {
    step: readProxyHeader,
    hasSaidAll: false,
    phase: PHASE.header,
    next: ['handshake', 'refusing', 'closed'],
  },
  handshake: {
    step: readHandshake,
    hasSaidAll: false,
    phase: PHASE.handshake,
    next: ['refusing', 'status-request', 'login-start', 'holding', 'dialling', 'closed'],
  },
  refusing: { step: readToRefuse, hasSaidAll: false, phase: PHASE.handshake, next: ['status-request', 'closed'] },
  'status-request': {
    step: readStatusRequest,
    hasSaidAll: false,
    phase: PHASE.handshake,
    next: ['holding', 'dialling', 'answering', 'closed'],
  },
  'login-start': {
    step: readLoginStart,
    hasSaidAll: false,
    phase: PHASE.login,
    next: ['holding', 'dialling', 'closed'],
  },
  holding: { step: waitForSettled, hasSaidAll: true, phase: PHASE.hold, next: ['dialling', 'answering', 'closed'] },
  dialling: { step: watchDial, hasSaidAll: true, phase: PHASE.connect, next: ['relaying', 'answering', 'closed'] },
  relaying: { step: stay, hasSaidAll: true, phase: PHASE.relay, next: ['closed'] },
  answering: { step: readPing, hasSaidAll: true, phase: PHASE.answer, next: ['closed'] },
  closed: { step: stay, hasSaidAll: true, phase: undefined, next: [] },
}

export interface Row<Name extends StateName> {
  step(connection: Connection, state: StateOf<Name>, input: StepInput): Next
  /** Whether it is known what the client wants, and who asks; until then it may be a mute socket. */
  readonly hasSaidAll: boolean
  /** In which phase (`PHASE`) of the access record the time in this state is counted. */
  readonly phase: number | undefined
  readonly next: readonly StateName[]
}

export type Next = Decision | typeof GO_ON | undefined

/** Whatever still comes changes nothing; `finished` and what comes from outside are seen to before any step. */
function stay(): undefined {
  return undefined
}

/** One connection: the state it is in, and what is known about it by now, from left to right. */
export class Connection {
  readonly id: ConnectionId
  readonly listener: Listener
  readonly peer: SocketAddress
  /** The accepted socket's own address. */
  readonly local: SocketAddress
  readonly acceptedAt: number
  readonly surroundings: Surroundings

  /** The peer until a believed header says otherwise. */
  client: SocketAddress
  receivedHeader: ReceivedHeader | undefined
  /** There was no room for it when it came: it is read on only for the sake of the answer. */
  turnedAway: Refusal | undefined
  /** Whether a policy's `admitClient` was asked, so that `released` is due. */
  wasAdmissionAsked = false
  /** Until a login shows that a player came with a LOCAL or UNKNOWN header. */
  isHealthCheck = false
  /** Until a relay stands. */
  opening: FirstMessage | undefined
  intent: IntentFacts | undefined
  destination: Destination | undefined
  player: PlayerFacts | undefined
  wasPlayerAsked = false
  hasStatusRequest = false
  /** It is kept only for the sake of an answer; whoever drives this connection counts those. */
  isRefused = false
  /** By when there must be an answer: set when the client has said all that it has to say. */
  answerDeadlineAt: number = Number.POSITIVE_INFINITY
  /** Of a ping that came right behind its status request. */
  pingPayload: Uint8Array | undefined
  /** Where its dial is counted, as long as it is under way. */
  dials: OnesDials | undefined
  /** What is dialled, or was. */
  endpoint: Endpoint | undefined
  /** Set at most once. */
  reason: Reason | undefined
  /** What was wrong with the PROXY header, in the documented words. */
  headerFault: string | undefined
  /** The client's side was closed in order. */
  hasEnded = false
  /** What a `hold` waits for, until its driver has taken it. */
  pending: Pending | undefined
  /** To be told when the backend has answered a relayed list ping, and at its end. */
  whenAnswered: (() => void) | undefined

  readonly intake: Intake = new Intake()
  readonly phases: Phases
  #state: State = { name: 'accepted' }
  /** The row of the state, kept: to look it up at each question costs more than what the step does. */
  #row: Row<StateName> = STATES.accepted
  #seq = 0
  #facts: ClientFacts | undefined

  constructor(id: ConnectionId, accepted: Accepted, listener: Listener, surroundings: Surroundings) {
    this.id = id
    this.listener = listener
    this.peer = accepted.peer
    this.client = accepted.peer
    this.local = accepted.local
    this.acceptedAt = accepted.at
    this.surroundings = surroundings
    this.phases = new Phases(accepted.at)
  }

  get state(): State {
    return this.#state
  }

  /** The client has said all that it has to say, or nobody listens any more. */
  get hasSaidAll(): boolean {
    return this.#row.hasSaidAll
  }

  get isClosed(): boolean {
    return this.#row === STATES.closed
  }

  /** The number of the decision in force. */
  get seq(): number {
    return this.#seq
  }

  input(input: Input | CutWithText): Decision | undefined {
    const decision = this.#take(input)
    // A decision has settled the intake by itself; without one nothing was consumed, and the views end here all the same.
    if (decision === undefined) this.intake.settle(true)
    return decision
  }

  #take(input: Input | CutWithText): Decision | undefined {
    if (this.isClosed) return undefined
    switch (input.kind) {
      case 'accepted':
        return this.#run({ kind: 'entered', at: input.at })
      case 'cut':
        return this.#goOn(cut(this, input), input.at)
      case 'drain':
        return this.#goOn(drain(this, input.at), input.at)
      case 'finished':
        this.enter({ name: 'closed' }, input.at)
        return undefined
      case 'bytes':
        this.intake.show(input.bytes)
        return this.#run(input)
      case 'ended':
        if (input.how === 'reset') return this.#gone(input.at)
        this.hasEnded = true
        return this.#run(input)
      case 'settled':
      case 'dialled':
      case 'dial-failed':
      case 'overrun':
      case 'deadline':
        return input.decision === this.#seq ? this.#run(input) : undefined
    }
  }

  #run(input: StepInput): Decision | undefined {
    return this.#goOn(this.#row.step(this, this.#state, input), input.at)
  }

  #goOn(next: Next, at: number): Decision | undefined {
    let result = next
    while (isGoOn(result)) result = this.#row.step(this, this.#state, { kind: 'entered', at })
    return result
  }

  /** Reset by the client: there is nobody to answer, and the transport finishes by itself. */
  #gone(at: number): undefined {
    // Before the header is complete that is an error of the header, like any other end.
    if (this.#row === STATES['proxy-header']) this.#row.step(this, this.#state, { kind: 'ended', at, how: 'reset' })
    this.reason ??= 'client_reset'
    this.enter({ name: 'closed' }, at)
    return undefined
  }

  /** Goes over an edge of the table. */
  enter(state: State, at: number): void {
    const from = this.#row
    const row: Row<StateName> = STATES[state.name]
    if (row !== from) {
      if (!from.next.includes(state.name)) throw new Error(`no edge from ${this.#state.name} to ${state.name}`)
      // While an answer is on its way to the client, closing is part of answering.
      if (row !== STATES.closed || from !== STATES.answering) this.phases.enter(row.phase, at)
      if (this.dials !== undefined && from === STATES.dialling) this.#endDial(this.dials)
    }
    this.#state = state
    this.#row = row
  }

  #endDial(dials: OnesDials): void {
    this.dials = undefined
    this.surroundings.dials.end(dials)
  }

  await(deadlineAt: number, maxBytes: number): Await {
    return { kind: 'await', seq: ++this.#seq, consumed: this.intake.settle(true), deadlineAt, maxBytes }
  }

  respondThenAwait(bytes: Uint8Array, deadlineAt: number, maxBytes: number): Respond {
    const then = { kind: 'await', deadlineAt, maxBytes } as const
    return { kind: 'respond', seq: ++this.#seq, consumed: this.intake.settle(true), bytes, then }
  }

  /** Sends a last word. */
  respondThenClose(bytes: Uint8Array, at: number): Respond {
    this.enter({ name: 'closed' }, at)
    this.phases.enter(PHASE.answer, at)
    const then = { kind: 'close' } as const
    return { kind: 'respond', seq: ++this.#seq, consumed: this.intake.settle(false), bytes, then }
  }

  hold(pending: Pending, deadlineAt: number, maxBytes: number): Hold {
    this.pending = pending
    return { kind: 'hold', seq: ++this.#seq, consumed: this.intake.settle(true), deadlineAt, maxBytes }
  }

  relay(plan: Omit<Relay, 'kind' | 'seq' | 'consumed'>): Relay {
    // Not by spreading the plan: that costs as much as the rest of the decision.
    return {
      kind: 'relay',
      seq: ++this.#seq,
      consumed: this.intake.settle(false),
      attempts: plan.attempts,
      deadlineAt: plan.deadlineAt,
      replayLimitBytes: plan.replayLimitBytes,
      idleMs: plan.idleMs,
      halfClosedIdleMs: plan.halfClosedIdleMs,
    }
  }

  /** Ends without a word. */
  close(reason: Reason, at: number, how: Close['how'] = 'end'): Close {
    this.reason ??= reason
    this.enter({ name: 'closed' }, at)
    return { kind: 'close', seq: ++this.#seq, consumed: this.intake.settle(false), how }
  }

  /** From now on nobody needs what the client has sent, only what was understood. */
  forgetBytes(): void {
    this.intake.forget()
    this.opening = undefined
    this.pingPayload = undefined
    this.#facts = undefined
  }

  /** As policies see the client now; the same object for all that are asked about one input. */
  clientFacts(at: number): ClientFacts {
    const { client, isHealthCheck } = this
    const latest = this.#facts
    if (latest?.at === at && latest.client === client && latest.isHealthCheck === isHealthCheck) return latest
    const facts = { id: this.id, listener: this.listener.name, peer: this.peer, client, isHealthCheck, at }
    this.#facts = facts
    return facts
  }
}

type Accepted = Extract<Input, { kind: 'accepted' }>

/** A `cut` of the gateway brings along what a text about it needs. */
export type CutWithText = { readonly kind: 'cut'; readonly at: number } & Refusal
