import type { PowerState, ServerPhase } from '@infrarust/core/server-power'
import type { MachineEffect, MachineInput, MachineSettings, WrittenOrder } from './machine-contract.ts'
import { Question } from './question.ts'

const PING_EVERY_MS = 1_000
const ASK_WHILE_STARTING_MS = 5_000
const ASK_WHILE_STOPPING_MS = 2_000
const ASK_AT_REST_MS = 30_000
const LOOK_FOR_PLAYERS_MS = 15_000
/** Who does not stop in this time is looked at anew. */
const LONGEST_STOP_MS = 600_000
/** A power that says that it runs, and is only not answering, is believed for so long at least. */
const MISSES_UNTIL_ASLEEP = 3
const NEVER = Number.POSITIVE_INFINITY
const NOBODY_THERE = 'nobody is there'

/**
 * Whose start it is: ordered here; ordered before a restart, as it was written down; found, and somebody else's; or no start
 * at all, because the proxy before this one ended while it was being stopped.
 */
type StartOrigin = 'here' | 'before' | 'found' | 'ending'

function foundAfter(order: WrittenOrder | undefined): Exclude<StartOrigin, 'here'> {
  if (order?.kind === 'start') return 'before'
  return order !== undefined && order.msAgo < LONGEST_STOP_MS ? 'ending' : 'found'
}

/** Whether another power may take the place of the present one: what runs, or was ordered, belongs to that. */
export function isReplaceable({ phase, isQueued }: Pick<Machine, 'phase' | 'isQueued'>): boolean {
  return isQueued || phase === 'sleeping' || phase === 'crashed' || phase === 'unknown'
}

/**
 * The life of a server that is started and stopped here. Rules of this class:
 *
 * 1. Nothing waits, asks for the time, or throws. It is fed what happened, and answers with what to do, in that order.
 * 2. Only the edges of `EDGES` are taken. With each one everything that was asked for before is outdated: an answer names the
 *    `epoch` that it belongs to.
 * 3. A server is up when it has answered a list ping, and for no other reason. What its power says tells failure, and keeps
 *    two starts from being ordered.
 * 4. `dueAt` is when it wants to be told the time. A late or second tick does no harm.
 *
 * Times are monotonic milliseconds.
 */
export class Machine {
  #settings: MachineSettings
  #phase: ServerPhase = 'unknown'
  #since: number
  #epoch = 0
  #step: 'queued' | 'asking' | 'ordering' | 'awaiting' = 'awaiting'
  /** When the start was ordered, or found to be under way. */
  #orderedAt = 0
  #origin: StartOrigin = 'found'
  /** Of the phase that it is in: what a start was that is found now. */
  #found: Exclude<StartOrigin, 'here'>
  #wanted = 0
  #sessions = 0
  #isSummoned = false
  #why: string | undefined
  #cooldownUntil = 0
  #idleSince: number | undefined
  #lastState: PowerState | undefined
  #hasMissed = false
  #misses = 0
  #failures = 0
  readonly #ask = new Question()
  readonly #ping = new Question()
  #deadline = NEVER
  #effects: MachineEffect[] = []

  /** @param order the last one that was written down and is not known to have ended; undefined: there is none */
  constructor(settings: MachineSettings, at: number, order?: WrittenOrder) {
    this.#settings = settings
    this.#since = at
    this.#orderedAt = order?.kind === 'start' ? at - order.msAgo : NEVER
    this.#found = foundAfter(order)
    this.#ask.plan(at)
    this.#ping.plan(at)
  }

  get phase(): ServerPhase {
    return this.#phase
  }

  /** When it entered its phase; of a start, when it was ordered. */
  get since(): number {
    return this.#since
  }

  /** Whether it waits for its turn to start. */
  get isQueued(): boolean {
    return this.#phase === 'starting' && this.#step === 'queued'
  }

  get epoch(): number {
    return this.#epoch
  }

  /** Of `crashed` and `unknown`, and why it is `stopping`. */
  get why(): string | undefined {
    return this.#why
  }

  /** Until when nobody may start it, after a failure. */
  get cooldownUntil(): number {
    return this.#phase === 'crashed' ? this.#cooldownUntil : 0
  }

  /** How long the last start took that was ordered here and has succeeded; undefined for one that was only found. */
  startMs(at: number): number | undefined {
    return this.#origin === 'here' ? at - this.#orderedAt : undefined
  }

  get #askWhileStartingMs(): number {
    return this.#settings.pollMs ?? ASK_WHILE_STARTING_MS
  }

  get #askWhileStoppingMs(): number {
    return this.#settings.pollMs ?? ASK_WHILE_STOPPING_MS
  }

  /** When to feed `tick`. */
  get dueAt(): number {
    return Math.min(this.#ask.dueAt, this.#ping.dueAt, this.#deadline)
  }

  /** Other times from now on; they count from the moments from which the present ones do. */
  use(settings: MachineSettings, at: number): void {
    const isOtherTimeout = settings.startTimeoutMs !== this.#settings.startTimeoutMs
    this.#settings = settings
    if (this.#phase === 'starting' && !this.isQueued && isOtherTimeout)
      this.#deadline = this.#since + settings.startTimeoutMs
    if (this.#phase !== 'online' || this.#ping.isUnderWay) return
    // Definitions may come again every second, and none of them may put off the next look.
    const next = this.#ping.dueAt
    this.#planLook(at)
    this.#ping.plan(Math.min(next, this.#ping.dueAt))
  }

  input(input: MachineInput, at: number): readonly MachineEffect[] {
    this.#effects = []
    if (!('epoch' in input) || input.epoch === this.#epoch) this.#take(input, at)
    return this.#effects
  }

  #take(input: MachineInput, at: number): void {
    switch (input.kind) {
      case 'tick':
        this.#tick(at)
        return
      case 'wanted':
        this.#wanted = input.count
        this.#wants(at)
        return
      case 'sessions':
        this.#countSessions(input.count, at)
        return
      case 'operator':
        input.wants === 'start' ? this.#summon(at) : this.#send(at)
        return
      case 'permitted':
        this.#permit(at)
        return
      case 'doubt':
        this.#ask.plan(at)
        if (this.#phase === 'online') this.#ping.plan(at)
        this.#tick(at)
        return
      case 'replaced':
        this.#replaced(at)
        this.#tick(at)
        return
      case 'reading':
        this.#ask.ends()
        this.#failures = 0
        this.#lastState = input.state
        this.#read(input.state, input.why, at)
        this.#tick(at)
        return
      case 'unreadable':
        this.#ask.ends()
        this.#failures++
        this.#unreadable(input.message, at)
        this.#tick(at)
        return
      case 'ordered':
        if (this.#step === 'ordering') this.#ordered(at)
        this.#tick(at)
        return
      case 'order-failed':
        if (this.#step === 'ordering') this.#orderFailed(input.message, at)
        this.#tick(at)
        return
      case 'pinged':
        this.#ping.ends()
        if (input.isUp) this.#answered(input.players, at)
        else this.#missed(at)
        this.#tick(at)
        return
    }
  }

  /** What the one before has said, and how it has failed, is nothing to the new one. */
  #replaced(at: number): void {
    this.#epoch++
    this.#ask.forget()
    this.#ping.forget()
    this.#hasMissed = false
    this.#found = 'found'
    this.#failures = 0
    this.#lastState = undefined
    this.#cooldownUntil = at
    // Asked when it is its turn.
    if (this.isQueued) return
    this.#ask.plan(at)
    if (this.#phase === 'unknown') this.#ping.plan(at)
  }

  // Time

  #tick(at: number): void {
    if (at >= this.#deadline) this.#overdue(at)
    if (this.#phase === 'online') this.#considerSleep(at)
    if (this.#step !== 'ordering' && this.#ask.begins(at)) this.#effects.push({ kind: 'ask' })
    if (this.#ping.begins(at)) this.#effects.push({ kind: 'ping' })
  }

  #overdue(at: number): void {
    this.#deadline = NEVER
    switch (this.#phase) {
      case 'unknown':
        this.#fail(this.#why ?? 'nobody knows whether it runs', at)
        return
      case 'starting':
        this.#fail(`it has answered no list ping in the time of start_timeout`, at)
        return
      case 'stopping':
        this.#enter('unknown', at, 'it was told to stop, and has not')
        return
      case 'crashed':
        this.#stopAdopted(at)
        return
      case 'sleeping':
      case 'online':
        return
    }
  }

  // What others want

  #wants(at: number): void {
    if (this.#wanted === 0) {
      if (this.#phase === 'unknown') this.#deadline = NEVER
      if (this.isQueued && !this.#isSummoned) {
        this.#effects.push({ kind: 'leave-queue' })
        this.#enter('sleeping', at)
      }
      return
    }
    if (this.#phase === 'sleeping' || (this.#phase === 'crashed' && at >= this.#cooldownUntil)) this.#begin(at)
    else if (this.#phase === 'unknown') this.#deadline = Math.min(this.#deadline, at + this.#settings.startTimeoutMs)
    this.#tick(at)
  }

  #summon(at: number): void {
    this.#isSummoned = true
    if (this.#phase === 'sleeping' || this.#phase === 'crashed') this.#begin(at)
    else if (this.#phase === 'online') this.#isSummoned = false
    this.#tick(at)
  }

  /** The operator sends it to sleep, whoever is there or waits for it. */
  #send(at: number): void {
    this.#dismiss('operator')
    if (this.#phase === 'sleeping' || this.#phase === 'stopping') return
    if (this.isQueued) {
      this.#effects.push({ kind: 'leave-queue' })
      this.#enter('sleeping', at)
    } else this.#enter('stopping', at, 'its operator has said so')
    this.#tick(at)
  }

  #countSessions(count: number, at: number): void {
    const before = this.#sessions
    this.#sessions = count
    if (this.#phase !== 'online') return
    if (count > 0) this.#idleSince = undefined
    else if (before > 0) {
      this.#idleSince = at
      this.#planLook(at)
    }
  }

  // Starting

  #begin(at: number): void {
    this.#enter('starting', at)
    this.#step = 'queued'
    this.#origin = 'here'
    this.#effects.push({ kind: 'queue' })
  }

  #permit(at: number): void {
    if (!this.isQueued) return
    this.#step = 'asking'
    this.#since = at
    this.#orderedAt = at
    this.#ask.plan(at)
    this.#deadline = at + this.#settings.startTimeoutMs
    this.#tick(at)
  }

  /** It starts, or has been found to; from now on a list ping tells. */
  #await(at: number): void {
    this.#step = 'awaiting'
    this.#ping.plan(at)
    this.#ask.plan(at + this.#askWhileStartingMs)
  }

  #adopt(at: number): void {
    const begun = Math.min(this.#orderedAt, at)
    const origin = this.#found
    this.#enter('starting', at)
    this.#origin = origin
    this.#orderedAt = at
    this.#deadline =
      origin === 'ending'
        ? at + LONGEST_STOP_MS
        : Math.max(begun + this.#settings.startTimeoutMs, at + 2 * PING_EVERY_MS)
    this.#await(at)
  }

  #ordered(at: number): void {
    if (this.#phase === 'starting') this.#await(at)
    else {
      this.#step = 'awaiting'
      this.#ask.plan(at + PING_EVERY_MS)
    }
  }

  #orderFailed(message: string, at: number): void {
    if (this.#phase === 'starting') this.#fail(message, at)
    else this.#enter('unknown', at, `it cannot be stopped: ${message}`)
  }

  /** A start has come to nothing, or it has ended by itself. */
  #fail(why: string, at: number): void {
    if (this.isQueued) this.#effects.push({ kind: 'leave-queue' })
    this.#dismiss('failure')
    this.#enter('crashed', at, why)
  }

  #dismiss(by: 'failure' | 'operator'): void {
    this.#isSummoned = false
    this.#wanted = 0
    this.#effects.push({ kind: 'dismiss', by })
  }

  // What the power says

  #read(state: PowerState, why: string | undefined, at: number): void {
    switch (this.#phase) {
      case 'unknown':
        this.#readAnew(state, why, at)
        return
      case 'sleeping':
        this.#ask.plan(at + ASK_AT_REST_MS)
        if (state === 'running' || state === 'starting') this.#adopt(at)
        return
      case 'starting':
        this.#readWhileStarting(state, why, at)
        return
      case 'online':
        this.#ask.plan(at + ASK_AT_REST_MS)
        if (state === 'stopping') {
          this.#foundStopping(at)
          return
        }
        // Not before a list ping has failed, too: sources are late, and some are wrong.
        if (isDown(state)) this.#ping.plan(at)
        return
      case 'stopping':
        this.#readWhileStopping(state, at)
        return
      case 'crashed':
        this.#ask.plan(at + (state === 'running' || state === 'starting' ? ASK_WHILE_STARTING_MS : ASK_AT_REST_MS))
        // It may only have taken longer than it was given, and where its power cannot tell nothing else does.
        if (state === 'unknown') this.#ping.plan(at)
        if (state === 'running' || state === 'starting') {
          this.#ping.plan(at)
          if (this.#deadline === NEVER && this.#settings.shutdownAfterMs !== undefined)
            this.#deadline = Math.max(at, this.#since + Math.max(this.#settings.shutdownAfterMs, 60_000))
        } else this.#deadline = NEVER
        return
    }
  }

  #readAnew(state: PowerState, why: string | undefined, at: number): void {
    this.#ask.plan(at + ASK_WHILE_STARTING_MS)
    switch (state) {
      case 'running':
      case 'starting':
        this.#adopt(at)
        return
      case 'stopping':
        this.#foundStopping(at)
        return
      case 'stopped':
        if (this.#mayBeStarting(at, this.#settings.staleMs)) this.#adopt(at)
        else this.#enter('sleeping', at)
        return
      case 'crashed':
        this.#fail(why ?? 'it has ended by itself', at)
        // Nobody has tried it here.
        this.#cooldownUntil = at
        return
      case 'unknown':
        if (this.#hasMissed) this.#decideByPing(at)
        return
    }
  }

  /** Its power cannot tell, and it answers no ping. */
  #decideByPing(at: number): void {
    if (this.#mayBeStarting(at, NEVER)) this.#adopt(at)
    else this.#enter('sleeping', at)
  }

  /** Whether a start that was ordered before a restart is still to show: what the power says of it may be as old as `staleMs`. */
  #mayBeStarting(at: number, staleMs: number): boolean {
    return this.#orderedAt <= at && at < this.#orderedAt + Math.min(staleMs, this.#settings.startTimeoutMs)
  }

  #readWhileStarting(state: PowerState, why: string | undefined, at: number): void {
    if (this.#step === 'asking') {
      if (state === 'running' || state === 'starting') {
        this.#origin = 'found'
        this.#await(at)
        return
      }
      if (state === 'stopping') {
        this.#ask.plan(at + this.#askWhileStoppingMs)
        return
      }
      this.#step = 'ordering'
      this.#orderedAt = at
      this.#effects.push({ kind: 'start' })
      return
    }
    this.#ask.plan(at + this.#askWhileStartingMs)
    if (!isDown(state) || at - this.#orderedAt <= this.#settings.staleMs) return
    // Somebody else has started it and stopped it again, or it was on its way to sleep.
    const isNoFailure = this.#origin === 'ending' || (this.#origin === 'found' && state === 'stopped')
    if (isNoFailure) this.#enter('sleeping', at)
    else this.#fail(why ?? 'it has ended while it started', at)
  }

  #readWhileStopping(state: PowerState, at: number): void {
    this.#ask.plan(at + this.#askWhileStoppingMs)
    if (isDown(state)) {
      this.#enter('sleeping', at)
      return
    }
    if (this.#step === 'asking') {
      if (state === 'stopping') this.#step = 'awaiting'
      else {
        this.#step = 'ordering'
        this.#effects.push({ kind: 'stop' })
      }
    } else if (state === 'unknown') this.#ping.plan(at)
  }

  #unreadable(message: string, at: number): void {
    this.#why = message
    const pauseMs = Math.min(ASK_WHILE_STARTING_MS * 2 ** Math.min(this.#failures - 1, 4), 60_000)
    this.#ask.plan(at + pauseMs)
    if (this.#phase === 'starting' && this.#step === 'asking') this.#fail(message, at)
    else if (this.#phase === 'stopping' && this.#step === 'asking')
      this.#enter('unknown', at, `it is to be stopped, and cannot be asked for: ${message}`)
  }

  // What list pings say

  #answered(players: number | undefined, at: number): void {
    this.#misses = 0
    switch (this.#phase) {
      case 'unknown':
      case 'crashed':
        this.#cameUp(at)
        return
      case 'starting':
        if (this.#step === 'awaiting') this.#cameUp(at)
        return
      case 'online':
        // Somebody may have come another way; and without a number nobody knows.
        if (this.#sessions === 0 && this.#settings.count === 'players' && players !== 0) this.#idleSince = at
        else if (this.#sessions === 0 && this.#isDueToSleep(at)) {
          this.#enter('stopping', at, NOBODY_THERE)
          return
        }
        this.#planLook(at)
        return
      case 'sleeping':
      case 'stopping':
        return
    }
  }

  #missed(at: number): void {
    switch (this.#phase) {
      case 'unknown':
        this.#hasMissed = true
        this.#ping.plan(at + ASK_WHILE_STARTING_MS)
        if (this.#lastState === 'unknown') this.#decideByPing(at)
        return
      case 'starting':
        this.#ping.plan(at + PING_EVERY_MS)
        return
      case 'online':
        this.#misses++
        if (this.#sessions === 0 && this.#settings.count === 'players') this.#idleSince = at
        if (this.#lastState !== undefined && isDown(this.#lastState)) {
          this.#ended(this.#lastState, at)
          return
        }
        if (this.#misses >= MISSES_UNTIL_ASLEEP && this.#lastState === 'unknown') {
          this.#ended('stopped', at)
          return
        }
        if (this.#misses === 1) this.#ask.plan(at)
        this.#ping.plan(at + (this.#misses < MISSES_UNTIL_ASLEEP ? 2 * PING_EVERY_MS : LOOK_FOR_PLAYERS_MS))
        return
      case 'stopping':
        this.#misses++
        if (this.#misses >= MISSES_UNTIL_ASLEEP && this.#lastState === 'unknown') this.#enter('sleeping', at)
        return
      case 'sleeping':
      case 'crashed':
        return
    }
  }

  // Online, and the way to sleep

  #cameUp(at: number): void {
    this.#wanted = 0
    this.#isSummoned = false
    this.#enter('online', at)
    this.#idleSince = this.#sessions > 0 ? undefined : at
    this.#ask.plan(at + ASK_AT_REST_MS)
    this.#planLook(at)
  }

  /** It is not up any more, and nobody here has stopped it. */
  #ended(state: PowerState, at: number): void {
    if (state === 'crashed') this.#fail(this.#why ?? 'it has ended by itself', at)
    else this.#enter('sleeping', at)
  }

  #isDueToSleep(at: number): boolean {
    return at >= this.#sleepAt()
  }

  #sleepAt(): number {
    const { shutdownAfterMs, minOnlineMs } = this.#settings
    if (shutdownAfterMs === undefined || this.#idleSince === undefined || this.#sessions > 0) return NEVER
    return Math.max(this.#idleSince + shutdownAfterMs, this.#since + minOnlineMs)
  }

  /** With nobody of ours there, its own status is looked at now and then, and once more before it is stopped. */
  #planLook(at: number): void {
    const sleepAt = this.#sleepAt()
    const lookAt = this.#settings.count === 'sessions' ? sleepAt : Math.min(sleepAt, at + LOOK_FOR_PLAYERS_MS)
    this.#ping.plan(sleepAt === NEVER ? NEVER : Math.max(at, lookAt))
    this.#deadline = NEVER
  }

  #considerSleep(at: number): void {
    if (this.#settings.count === 'sessions' && this.#isDueToSleep(at)) this.#enter('stopping', at, NOBODY_THERE)
  }

  #foundStopping(at: number): void {
    this.#enter('stopping', at, 'somebody else has said so')
    this.#step = 'awaiting'
  }

  /** It runs since a start that has failed, and has never answered. */
  #stopAdopted(at: number): void {
    this.#enter('stopping', at, 'its start has failed, and it has answered nobody since')
  }

  #enter(phase: ServerPhase, at: number, why?: string): void {
    const from = this.#phase
    this.#phase = phase
    this.#since = at
    this.#epoch++
    this.#why = why
    this.#ask.forget()
    this.#ping.forget()
    this.#found = 'found'
    this.#hasMissed = false
    this.#misses = 0
    this.#failures = 0
    this.#lastState = undefined
    this.#idleSince = undefined
    this.#deadline = NEVER
    this.#step = 'awaiting'
    this.#effects.push({ kind: 'entered', phase, from, ...(why !== undefined && { why }) })
    switch (phase) {
      case 'unknown':
        this.#orderedAt = NEVER
        this.#ask.plan(at + ASK_WHILE_STARTING_MS)
        this.#ping.plan(at + ASK_WHILE_STARTING_MS)
        if (this.#wanted > 0) this.#deadline = at + this.#settings.startTimeoutMs
        return
      case 'sleeping':
        this.#orderedAt = NEVER
        this.#ask.plan(at + ASK_AT_REST_MS)
        // Who came while it was being stopped.
        if (this.#wanted > 0 || this.#isSummoned) this.#begin(at)
        return
      case 'stopping':
        this.#step = 'asking'
        this.#ask.plan(at)
        this.#deadline = at + LONGEST_STOP_MS
        return
      case 'crashed':
        this.#cooldownUntil = at + this.#settings.cooldownMs
        this.#ask.plan(at + ASK_WHILE_STARTING_MS)
        return
      case 'starting':
      case 'online':
        return
    }
  }
}

function isDown(state: PowerState): boolean {
  return state === 'stopped' || state === 'crashed'
}
