import type { ClientFacts } from '../policy/facts.ts'
import type { Reason } from '../record/reasons.ts'
import type { Await, Close, Decision, Hold, Parley, Relay, Respond } from '../transport/contract.ts'
import type { ConnectionContext } from './context.ts'
import type { Arrived, Facts } from './facts.ts'
import { Intake } from './intake.ts'
import type { State, StateName } from './state.ts'

/** What a step answers after it has entered another state: that state's step is asked at once. */
export const GO_ON: { readonly kind: 'go-on' } = Object.freeze({ kind: 'go-on' })

/** The decision that is now in force; undefined where the one before stands. */
export type Next = Decision | typeof GO_ON | undefined

/** Something that a connection waits for; `settled` names it by its number. */
export interface Wait {
  readonly number: number
  /** With which it ends. */
  readonly state: StateName
  readonly done: PromiseLike<unknown>
  /** Nobody here waits any more; work that others wait for goes on. */
  readonly abandon: (() => void) | undefined
}

/**
 * What a step has in its hands: the time, the bytes, the state with its facts, and the builders of decisions. One for each
 * connection, given to one step after the other.
 */
export class Turn {
  readonly context: ConnectionContext
  readonly bytes: Intake = new Intake()
  /** Monotonic milliseconds of the input that is being answered. */
  at: number
  /** All that is known by now, whatever the state. */
  readonly facts: Facts
  #state: State
  #stateName: StateName
  #reason: Reason | undefined
  #fault: string | undefined
  #detail: string | undefined
  #wait: Wait | undefined
  #waits = 0
  #seq = 0
  #hasAnswerPlace = false
  #held: { readonly state: StateName; readonly release: () => void } | undefined
  #asked: ClientFacts | undefined

  constructor(facts: Arrived, context: ConnectionContext) {
    this.context = context
    this.at = facts.acceptedAt
    this.#state = { name: 'accepted', facts }
    this.#stateName = 'accepted'
    this.facts = facts
  }

  get state(): State {
    return this.#state
  }

  /** Kept apart: a field of states of ten kinds is found slowly. */
  get stateName(): StateName {
    return this.#stateName
  }

  /** Goes on to another state, or stays in this one with other data. */
  enter(state: State): void {
    this.#state = state
    this.#stateName = state.name
  }

  /** Goes on to another state, whose step is asked at once, with the bytes that are left. */
  goOn(state: State): Next {
    this.enter(state)
    return GO_ON
  }

  /** Why it ends, as soon as that is known; the first reason stands. */
  get reason(): Reason | undefined {
    return this.#reason
  }

  because(reason: Reason): void {
    this.#reason ??= reason
  }

  /** What was said before was about somebody else: the client that a header named which its sender should not have sent. */
  overrule(reason: Reason): void {
    this.#reason = reason
  }

  /** What came that could not be taken, for the record. */
  get detail(): string | undefined {
    return this.#detail
  }

  /** Ends without a word, and says in the record what it was that came. */
  closeFor(reason: Reason, detail: string): Close {
    this.#detail ??= detail
    return this.close(reason)
  }

  /** For the record. */
  noteDetail(detail: string): void {
    this.#detail ??= detail
  }

  /** What was wrong with the PROXY header, in the documented words. */
  get fault(): string | undefined {
    return this.#fault
  }

  noteFault(text: string): void {
    this.#fault = text
  }

  /** The number of the decision in force. */
  get seq(): number {
    return this.#seq
  }

  /** As policies see the client now; the same object for all that are asked about one input. */
  clientFacts(known: Facts): ClientFacts {
    const { at } = this
    const { client, isHealthCheck } = known
    const latest = this.#asked
    if (latest?.at === at && latest.client === client && latest.isHealthCheck === isHealthCheck) return latest
    const { id, listener, peer } = known
    const facts = { id, listener: listener.name, peer, client, isHealthCheck, at }
    this.#asked = facts
    return facts
  }

  /** Whether it may be kept for the sake of an answer. */
  takeAnswerPlace(): boolean {
    this.#hasAnswerPlace ||= this.context.refusals.take()
    return this.#hasAnswerPlace
  }

  get hasAnswerPlace(): boolean {
    return this.#hasAnswerPlace
  }

  /** At the end of the connection. */
  releaseAnswerPlace(): void {
    if (this.#hasAnswerPlace) this.context.refusals.release()
  }

  /** What it waits for; whoever drives it feeds `settled` with its number when that is done. */
  get wait(): Wait | undefined {
    return this.#wait
  }

  /** Begins to wait, in the state that was entered last; one wait a connection. It ends when it is settled, or with that state. */
  waitFor(done: PromiseLike<unknown>, abandon?: () => void): void {
    this.abandonWait()
    this.#wait = { number: ++this.#waits, state: this.#stateName, done, abandon }
  }

  abandonWait(): void {
    const wait = this.#wait
    this.#wait = undefined
    wait?.abandon?.()
  }

  /** Holds something for as long as the state lasts that was entered last. */
  releaseWithState(release: () => void): void {
    this.#held = { state: this.#stateName, release }
  }

  /** Another state is entered: what belonged to the one before ends. */
  leaveFor(name: StateName): void {
    if (this.#wait !== undefined && this.#wait.state !== name) this.abandonWait()
    const held = this.#held
    if (held === undefined || held.state === name) return
    this.#held = undefined
    held.release()
  }

  /** @returns whether that is what it waits for */
  settleWait(number: number): boolean {
    if (this.#wait?.number !== number) return false
    this.#wait = undefined
    return true
  }

  await(deadlineAt: number, maxBytes: number): Await {
    return { kind: 'await', seq: ++this.#seq, consumed: this.bytes.settle(true), deadlineAt, maxBytes }
  }

  respondThenAwait(bytes: Uint8Array, deadlineAt: number, maxBytes: number): Respond {
    const then = { kind: 'await', deadlineAt, maxBytes } as const
    return { kind: 'respond', seq: ++this.#seq, consumed: this.bytes.settle(true), bytes, then }
  }

  /** Sends a last word. */
  respondThenClose(bytes: Uint8Array): Respond {
    this.enterClosed()
    const then = { kind: 'close' } as const
    return { kind: 'respond', seq: ++this.#seq, consumed: this.bytes.settle(false), bytes, then }
  }

  hold(deadlineAt: number, maxBytes: number): Hold {
    return { kind: 'hold', seq: ++this.#seq, consumed: this.bytes.settle(true), deadlineAt, maxBytes }
  }

  relay(plan: Omit<Relay, 'kind' | 'seq' | 'consumed'>): Relay {
    // Not by spreading the plan: that costs as much as the rest of the decision.
    return {
      kind: 'relay',
      seq: ++this.#seq,
      consumed: this.bytes.settle(false),
      attempts: plan.attempts,
      deadlineAt: plan.deadlineAt,
      replayLimitBytes: plan.replayLimitBytes,
      idleMs: plan.idleMs,
      halfClosedIdleMs: plan.halfClosedIdleMs,
    }
  }

  /** Dials for a parley: the head of an attempt is all that its backend is sent. */
  relayWithParley(plan: Omit<Relay, 'kind' | 'seq' | 'consumed' | 'parley'>): Relay {
    return { ...this.relay(plan), parley: true }
  }

  /** What is consumed of the client is what `bytes` was told to drop or keep. */
  parley(plan: Omit<Parley, 'kind' | 'seq' | 'consumed'>): Parley {
    return { ...plan, kind: 'parley', seq: ++this.#seq, consumed: this.bytes.settle(false) }
  }

  /**
   * The stream with the client is ciphered from this decision on.
   *
   * @param secret 16 bytes, key and initialisation vector
   */
  ciphered<D extends Await | Respond | Hold | Parley>(decision: D, secret: Uint8Array): D {
    return { ...decision, cipher: secret }
  }

  /** Ends without a word. */
  close(reason: Reason, how: Close['how'] = 'end'): Close {
    this.because(reason)
    this.enterClosed()
    return { kind: 'close', seq: ++this.#seq, consumed: this.bytes.settle(false), how }
  }

  /** The last decision is made, or nobody is there any more. */
  enterClosed(): void {
    this.enter(CLOSED)
  }

  /** From now on nobody needs what the client has sent, only what was understood. */
  forgetBytes(): void {
    this.bytes.forget()
    this.#asked = undefined
  }
}

/** The same for all of them. */
const CLOSED: State = { name: 'closed', facts: undefined }
