import type { FirstMessage } from '@infrarust/minecraft'
import type { SocketAddress } from '../addresses/socket-address.ts'
import type { Endpoint } from '../names/backend-names.ts'
import type { ClientFacts, IntentFacts, PlayerFacts, Refusal } from '../policy/policy.ts'
import type { Await, Close, ConnectionId, Decision, Hold, Input, Relay, Respond } from '../transport/contract.ts'
import { readPing } from './answer.ts'
import { cut, drain } from './cut.ts'
import { watchDial } from './dial.ts'
import { GO_ON } from './go-on.ts'
import { readHandshake, readToRefuse } from './handshake.ts'
import { waitForSettled } from './hold.ts'
import { Intake } from './intake.ts'
import { readLoginStart } from './login-start.ts'
import { Phases } from './phases.ts'
import { admitPeer, type ReceivedHeader, readProxyHeader } from './proxy-header.ts'
import type { Reason } from './reason.ts'
import type { Destination } from './route.ts'
import { PHASE_OF, type State, type StateName, type StateOf, type StepInput } from './state.ts'
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
  accepted: { step: admitPeer, next: ['proxy-header', 'handshake', 'refusing', 'closed'] },
  'proxy-header': { step: readProxyHeader, next: ['handshake', 'refusing', 'closed'] },
  handshake: {
    step: readHandshake,
    next: ['refusing', 'status-request', 'login-start', 'holding', 'dialling', 'closed'],
  },
  refusing: { step: readToRefuse, next: ['status-request', 'closed'] },
  'status-request': { step: readStatusRequest, next: ['holding', 'dialling', 'answering', 'closed'] },
  'login-start': { step: readLoginStart, next: ['holding', 'dialling', 'closed'] },
  holding: { step: waitForSettled, next: ['dialling', 'answering', 'closed'] },
  dialling: { step: watchDial, next: ['relaying', 'answering', 'closed'] },
  relaying: { step: stay, next: ['closed'] },
  answering: { step: readPing, next: ['closed'] },
  closed: { step: stay, next: [] },
}

export interface Row<Name extends StateName> {
  readonly step: (connection: Connection, state: StateOf<Name>, input: StepInput) => Next
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
  #seq = 0

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
    if (this.#state.name === 'closed') return undefined
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
    return this.#goOn(step(this, this.#state, input), input.at)
  }

  #goOn(next: Next, at: number): Decision | undefined {
    let result = next
    while (result === GO_ON) result = step(this, this.#state, { kind: 'entered', at })
    return result
  }

  /** Reset by the client: there is nobody to answer, and the transport finishes by itself. */
  #gone(at: number): undefined {
    // Before the header is complete that is an error of the header, like any other end.
    if (this.#state.name === 'proxy-header') step(this, this.#state, { kind: 'ended', at, how: 'reset' })
    this.reason ??= 'client_reset'
    this.enter({ name: 'closed' }, at)
    return undefined
  }

  /** Goes over an edge of the table. */
  enter(state: State, at: number): void {
    const from = this.#state.name
    if (state.name !== from) {
      if (!STATES[from].next.includes(state.name)) throw new Error(`no edge from ${from} to ${state.name}`)
      // While an answer is on its way to the client, closing is part of answering.
      if (state.name !== 'closed' || from !== 'answering') this.phases.enter(PHASE_OF[state.name], at)
    }
    this.#state = state
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
    this.phases.enter('answer', at)
    const then = { kind: 'close' } as const
    return { kind: 'respond', seq: ++this.#seq, consumed: this.intake.settle(false), bytes, then }
  }

  hold(pending: Pending, deadlineAt: number, maxBytes: number): Hold {
    this.pending = pending
    return { kind: 'hold', seq: ++this.#seq, consumed: this.intake.settle(true), deadlineAt, maxBytes }
  }

  relay(plan: Omit<Relay, 'kind' | 'seq' | 'consumed'>): Relay {
    return { kind: 'relay', seq: ++this.#seq, consumed: this.intake.settle(false), ...plan }
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
  }

  /** As policies see the client now. */
  clientFacts(at: number): ClientFacts {
    return {
      id: this.id,
      listener: this.listener.name,
      peer: this.peer,
      client: this.client,
      isHealthCheck: this.isHealthCheck,
      at,
    }
  }
}

type Accepted = Extract<Input, { kind: 'accepted' }>

/** A `cut` of the gateway brings along what a text about it needs. */
export type CutWithText = { readonly kind: 'cut'; readonly at: number } & Refusal

function step<Name extends StateName>(connection: Connection, state: StateOf<Name>, input: StepInput): Next {
  const row: Row<Name> = STATES[state.name]
  return row.step(connection, state, input)
}
