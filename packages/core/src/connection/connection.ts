import type { AccessRecord } from '../record/access-record.ts'
import type { Reason } from '../record/reasons.ts'
import type { Close, Decision } from '../transport/contract.ts'
import type { ConnectionContext } from './context.ts'
import { type Arrived, type Facts, knowOverCapacity } from './facts.ts'
import type { ConnectionInput, StepInput } from './input.ts'
import { PHASE, Phases } from './phases.ts'
import type { StateName } from './state.ts'
import { leadsTo, rowOf, STATES, type StateRow } from './states.ts'
import { cut, drain } from './steps/from-outside.ts'
import { isHeaderTrusted } from './steps/header-fault.ts'
import { type Next, Turn, type Wait } from './turn.ts'

/**
 * One connection: feeds each input to the step of the state that it is in, and sees to it that only edges of the table are
 * taken. Whoever drives it reads what it has become, and changes nothing but by inputs.
 */
export class Connection {
  readonly phases: Phases
  readonly #turn: Turn
  /** The row of the state, kept: to look it up at each question costs more than what the step does. */
  #row: StateRow<StateName> = STATES.accepted
  #name: StateName = 'accepted'

  constructor(facts: Arrived, context: ConnectionContext) {
    this.#turn = new Turn(facts, context)
    this.phases = new Phases(facts.acceptedAt)
  }

  get facts(): Facts {
    return this.#turn.facts
  }

  get state(): StateName {
    return this.#turn.stateName
  }

  get isClosed(): boolean {
    return this.#row === STATES.closed
  }

  /** The client has said all that it has to say, or nobody listens any more. */
  get hasSaidAll(): boolean {
    return this.#row.hasSaidAll
  }

  /** Whether a header that is believed may still come, and say that the client is not the peer. */
  get mayBecomeAnother(): boolean {
    const { facts, state } = this
    const isBeforeHeader = state === 'accepted' || state === 'proxy-header'
    return isBeforeHeader && facts.listener.proxyProtocol.mode !== 'off' && isHeaderTrusted(facts)
  }

  /** Whether it is kept only for the sake of an answer. */
  get isRefused(): boolean {
    return this.#turn.hasAnswerPlace
  }

  /** Why it ends, as soon as that is known. */
  get reason(): Reason | undefined {
    return this.#turn.reason
  }

  /** What came that could not be taken. */
  get detail(): string | undefined {
    return this.#turn.detail
  }

  /** What was wrong with its PROXY header, in the documented words. */
  get headerFault(): string | undefined {
    return this.#turn.fault
  }

  /** What it waits for: `settled` with this number is due when that is done. */
  get wait(): Wait | undefined {
    return this.#turn.wait
  }

  /** Tells the policies that have counted it, once it is over. */
  released(record: AccessRecord): void {
    this.#turn.context.policies.released(this.#turn.clientFacts(this.facts), record)
  }

  /**
   * @param visited gets the states that this input has led through, in order
   * @returns the decision that is now in force, or undefined where the one before stands
   */
  input(input: ConnectionInput, visited?: StateName[]): Decision | undefined {
    const turn = this.#turn
    turn.at = input.at
    const decision = this.#take(input, visited)
    // A decision has settled the intake by itself; without one nothing was consumed, and the views end here all the same.
    if (decision === undefined) turn.bytes.settle(true)
    return decision
  }

  #take(input: ConnectionInput, visited: StateName[] | undefined): Decision | undefined {
    if (input.kind === 'finished') return this.#finish()
    if (this.isClosed) return undefined
    const turn = this.#turn
    switch (input.kind) {
      case 'accepted':
        if (input.overCapacity !== undefined && turn.state.name === 'accepted')
          knowOverCapacity(turn.state.facts, input.overCapacity)
        return this.#run(ENTERED, input.kind, visited)
      case 'cut':
        return input.how === 'reset' ? this.#abort(input.reason) : this.#goOn(cut(turn, input), input.kind, visited)
      case 'drain':
        return this.#goOn(drain(turn), input.kind, visited)
      case 'bytes':
        turn.bytes.show(input.bytes)
        return this.#run(input, input.kind, visited)
      case 'ended':
        if (input.how === 'reset') return this.#gone()
        turn.bytes.hasEnded = true
        return this.#run(input, input.kind, visited)
      case 'settled':
        return turn.settleWait(input.wait) ? this.#run(input, input.kind, visited) : undefined
      case 'server-bytes':
      case 'server-ended':
        return this.#run(input, input.kind, visited)
      case 'dialled':
      case 'dial-failed':
      case 'overrun':
      case 'deadline':
        return input.decision === turn.seq ? this.#run(input, input.kind, visited) : undefined
    }
  }

  #run(input: StepInput, kind: ConnectionInput['kind'], visited: StateName[] | undefined): Decision | undefined {
    return this.#goOn(this.#row.step(this.#turn, this.#turn.state, input), kind, visited)
  }

  #goOn(next: Next, kind: ConnectionInput['kind'], visited: StateName[] | undefined): Decision | undefined {
    let result = next
    for (;;) {
      this.#arrive(kind, result, visited)
      if (result?.kind !== 'go-on') return result
      result = this.#row.step(this.#turn, this.#turn.state, ENTERED)
    }
  }

  /** Takes note of the state that a step has gone on to. */
  #arrive(kind: ConnectionInput['kind'], next: Next, visited: StateName[] | undefined): void {
    const name = this.#turn.stateName
    if (name === this.#name) return
    if (!leadsTo(this.#row, kind, rowOf(name))) throw new Error(`"${kind}" leads to no ${name} from here`)
    visited?.push(name)
    this.#become(name, next)
  }

  #become(name: StateName, next: Next): void {
    const { at } = this.#turn
    const from = this.#row
    this.#row = rowOf(name)
    this.#name = name
    this.#turn.leaveFor(name)
    if (this.#row !== STATES.closed) this.phases.enter(this.#row.phase, at)
    // While an answer is on its way to the client, closing is part of answering.
    else if (next?.kind === 'respond') this.phases.enter(PHASE.answer, at)
    else if (from !== STATES.answering) this.phases.enter(undefined, at)
  }

  /** Reset by the client: there is nobody to answer, and the transport finishes by itself. */
  #gone(): undefined {
    const turn = this.#turn
    // Before the header is complete that is an error of the header, like any other end.
    if (turn.stateName === 'proxy-header')
      this.#row.step(turn, turn.state, { kind: 'ended', at: turn.at, how: 'reset' })
    turn.because('client_reset')
    this.#end()
  }

  /** Ended from outside at once, from whatever state. */
  #abort(reason: Reason): Close {
    const decision = this.#turn.close(reason, 'reset')
    this.#become('closed', decision)
    return decision
  }

  #finish(): undefined {
    this.#end()
    this.facts.ping?.relayed?.done?.()
    this.#turn.releaseAnswerPlace()
  }

  /** It is over, from whatever state. */
  #end(): void {
    this.#turn.enterClosed()
    if (!this.isClosed) this.#become('closed', undefined)
  }
}

const ENTERED = { kind: 'entered' } as const
