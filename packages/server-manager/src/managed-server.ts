import { AllowIndex, type FetchedStatus } from '@infrarust/core'
import type { Server } from '@infrarust/core/provider'
import type { ServerManagerConfig, ServerPhase, ServerPower, ServerSight } from '@infrarust/core/server-power'
import { PowerError } from '@infrarust/core/server-power'
import { isReplaceable, Machine } from './machine.ts'
import type { Answer, MachineEffect, MachineInput, MachineSettings, WrittenOrder } from './machine-contract.ts'
import type { StartLine } from './start-line.ts'
import { type KeptState, StateFile } from './state-file.ts'
import { lockedText, Wakes } from './wakes.ts'

/** A server with the part of its definition that makes it one that is started and stopped here. */
export type ServerWithManager = Server & { readonly serverManager: ServerManagerConfig }

/** What a list ping of a server has found. */
export interface Pinged {
  readonly isUp: boolean
  /** Undefined where its status has no number. */
  readonly players: number | undefined
  /** For the cache of statuses. */
  readonly status: FetchedStatus
}

/** What a server is driven with. */
export interface DriveOptions {
  readonly line: StartLine
  readonly stateFolder: string
  ping(server: Server): Promise<Pinged>
  /** It has just answered: what is remembered of its failures is out of date. */
  cameUp(server: Server, status: FetchedStatus | undefined): void
  /** It has another phase from now on. Left out: nobody wants to be told. */
  readonly phaseChanged?: ((server: Server, from: ServerPhase, phase: ServerPhase) => void) | undefined
  log(level: 'info' | 'warn', message: string): void
  readonly clock: Clock
}

/** The time, and who wants to be told it. */
export interface Clock {
  /** Monotonic milliseconds. */
  now(): number
  /** Epoch milliseconds. */
  epoch(): number
  /** @returns takes it back */
  at(moment: number, then: () => void): () => void
}

/** One who waits for a server, or was sent away and told to come back. */
export interface Waiter {
  /**
   * It is up, or nobody waits for it any more: ask again.
   *
   * @param isSentAway whether its operator wants it stopped, so that nobody is to wake it by having waited
   */
  settle(isSentAway: boolean): void
  /** Nobody is held for it; it only wants the server to start. */
  readonly isGone: boolean
}

/** A definition that waits until nothing runs by the present one. */
interface NextDefinition {
  readonly server: ServerWithManager
  readonly open: () => ServerPower
}

/** By the phase that is written down before one is given. */
const ORDERS: ReadonlyMap<string, WrittenOrder['kind']> = new Map([
  ['starting', 'start'],
  ['stopping', 'stop'],
])

/** An order or a question that is not answered by then has failed. */
const ASK_TIMEOUT_MS = 60_000
const LOG_TIMEOUT_MS = 10_000
const MOST_STARTS = 10

/** One server: carries out what its machine decides, and tells it what came of that. */
export class ManagedServer {
  readonly id: string
  readonly #options: DriveOptions
  readonly #machine: Machine
  #power: ServerPower
  /** Another definition, for when nothing runs by the present one. */
  #next: NextDefinition | undefined
  readonly #file: StateFile
  #server: ServerWithManager
  #kept: KeptState
  #allow: AllowIndex
  readonly #waiters = new Set<Waiter>()
  readonly #sessions = new Set<number>()
  readonly #wakes = new Wakes()
  #lastStatus: FetchedStatus | undefined
  #cancelTimer: (() => void) | undefined
  #pending = new AbortController()
  /** One question or order after the other: a source is never asked twice at once. */
  #work: Promise<unknown> = Promise.resolve()
  #isClosed = false
  /** Why its state could not be asked for, the last time. */
  #unreadable: string | undefined
  #starts = 0
  #failures = 0
  #readySeconds: number[] = []

  constructor(server: ServerWithManager, power: ServerPower, options: DriveOptions) {
    this.id = server.id
    this.#power = power
    this.#server = server
    this.#options = options
    this.#file = new StateFile(options.stateFolder, server.id)
    this.#kept = this.#file.read()
    this.#allow = new AllowIndex(server.wake.allow)
    const { clock } = options
    this.#machine = new Machine(this.#settings(), clock.now(), this.#writtenOrder())
    this.#listen()
    this.feed({ kind: 'tick' })
  }

  get server(): ServerWithManager {
    return this.#server
  }

  get phase(): ServerPhase {
    return this.#machine.phase
  }

  get sessions(): number {
    return this.#sessions.size
  }

  get waiting(): number {
    let count = 0
    for (const { isGone } of this.#waiters) if (!isGone) count++
    return count
  }

  /** Counts since the start of the proxy, for the metrics. */
  get counts(): { readonly starts: number; readonly failures: number; readonly lastReadySeconds: number | undefined } {
    return { starts: this.#starts, failures: this.#failures, lastReadySeconds: this.#readySeconds.at(-1) }
  }

  /**
   * The last lines that it wrote; undefined where its power has none.
   *
   * @throws {PowerError} where it cannot be asked for them
   */
  async log(): Promise<readonly string[] | undefined> {
    return await this.#power.log?.(AbortSignal.timeout(LOG_TIMEOUT_MS))
  }

  sight(): ServerSight {
    const { clock, line } = this.#options
    const { phase, since, why } = this.#machine
    const position = line.position(this.id)
    return {
      phase,
      elapsedMs: Math.max(0, clock.now() - since),
      etaMs: median(this.#kept.startsMs),
      waiting: this.waiting,
      ...(position !== undefined && { position }),
      ...(why !== undefined && { why }),
    }
  }

  /** After a start that failed, how long nobody may start it; 0: it may be started. */
  get cooldownMs(): number {
    return Math.max(0, this.#machine.cooldownUntil - this.#options.clock.now())
  }

  /** Whether only those who are allowed may wake it now. */
  get isLocked(): boolean {
    return this.#kept.lockedUntil > this.#options.clock.epoch()
  }

  /** Whether its own `[wake]` names this player or network. */
  allows(address: string | undefined, player: Parameters<AllowIndex['has']>[1]): boolean {
    return this.#allow.has(address ?? '', player)
  }

  /** Whether its own `[wake]` names anybody. */
  get namesSome(): boolean {
    return this.#server.wake.allow.length > 0
  }

  /** Whether this definition waits already until nothing runs by the present one. */
  isToBecome(server: ServerWithManager): boolean {
    return this.#next !== undefined && isSamePower(this.#next.server, server)
  }

  /** Another definition with the same power. */
  use(server: ServerWithManager): void {
    this.#next = undefined
    this.#define(server)
    // The times may be others, and with them the moment of the next tick.
    this.feed({ kind: 'tick' })
  }

  /**
   * Another definition with another power, which takes the place of the present one as soon as nothing runs by that.
   * Until then the new times count, and all that is no matter of the power.
   *
   * @param now what of the new definition counts already
   * @returns whether that is at once
   */
  replace(server: ServerWithManager, now: ServerWithManager, open: () => ServerPower): boolean {
    if (!isReplaceable(this.#machine)) {
      this.use(now)
      this.#next = { server, open }
      return false
    }
    this.#next = { server, open }
    this.#takeNext()
    this.feed({ kind: 'replaced' })
    return true
  }

  #define(server: ServerWithManager): void {
    if (server.wake.allow !== this.#server.wake.allow) this.#allow = new AllowIndex(server.wake.allow)
    this.#server = server
    this.#machine.use(this.#settings(), this.#options.clock.now())
  }

  #takeNext(): void {
    const next = this.#next
    if (next === undefined) return
    this.#next = undefined
    this.#pending.abort()
    this.#pending = new AbortController()
    const before = this.#power
    // The new one is not asked before the old one has let go: both may mean the same process.
    this.#work = this.#work.then(() => this.#close(before, 'removed'))
    this.#power = next.open()
    this.#unreadable = undefined
    this.#listen()
    this.#define(next.server)
  }

  #listen(): void {
    const power = this.#power
    power.onChange?.(() => {
      if (power === this.#power) this.feed({ kind: 'doubt' })
    })
  }

  async #close(power: ServerPower, why: 'shutdown' | 'removed'): Promise<void> {
    try {
      await power.close?.(why)
    } catch (error) {
      this.#options.log('warn', `cannot be let go of: ${textOf(error)}`)
    }
  }

  /** See `Wakes.has`. */
  isWokenBy(address: string | undefined): boolean {
    return this.#wakes.has(address)
  }

  /** Somebody wakes it who may. */
  woken(name: string, address: string | undefined): void {
    const waker = `${name} (${address ?? 'unix'})`
    this.#wakes.note(address, waker)
    this.#options.log('info', `is woken by ${waker}`)
  }

  /** It is to start, whoever waits for it. */
  summon(): void {
    this.wait(SUMMONS)
  }

  wait(waiter: Waiter): void {
    this.#waiters.add(waiter)
    this.feed({ kind: 'wanted', count: this.#waiters.size })
  }

  leave(waiter: Waiter): void {
    if (this.#waiters.delete(waiter)) this.feed({ kind: 'wanted', count: this.#waiters.size })
  }

  begin(session: number): void {
    if (this.#sessions.has(session)) return
    this.#sessions.add(session)
    this.feed({ kind: 'sessions', count: this.#sessions.size })
  }

  /** @param relayedMs how long it was in play; undefined: not at all */
  end(session: number, relayedMs: number | undefined, hasFailed: boolean): void {
    if (!this.#sessions.delete(session)) return
    if (relayedMs !== undefined) this.#wakes.sessionEnded(relayedMs)
    this.feed({ kind: 'sessions', count: this.#sessions.size })
    if (hasFailed) this.feed({ kind: 'doubt' })
  }

  operator(wants: 'start' | 'stop'): void {
    this.#options.log('info', `is to be ${wants === 'start' ? 'started' : 'stopped'} by its operator`)
    this.feed({ kind: 'operator', wants })
  }

  async close(why: 'shutdown' | 'removed'): Promise<void> {
    this.#isClosed = true
    this.#cancelTimer?.()
    this.#pending.abort()
    this.#options.line.leave(this.id)
    this.#settleAll(false)
    await this.#close(this.#power, why)
  }

  feed(input: MachineInput): void {
    if (this.#isClosed) return
    const effects = this.#machine.input(input, this.#options.clock.now())
    for (const effect of effects) this.#do(effect)
    this.#cancelTimer?.()
    const { dueAt } = this.#machine
    this.#cancelTimer =
      dueAt === Number.POSITIVE_INFINITY ? undefined : this.#options.clock.at(dueAt, () => this.feed({ kind: 'tick' }))
  }

  #writtenOrder(): WrittenOrder | undefined {
    const { phase, at } = this.#kept
    const kind = ORDERS.get(phase)
    return kind && { kind, msAgo: Math.max(0, this.#options.clock.epoch() - at) }
  }

  #settings(): MachineSettings {
    const { startTimeoutMs, shutdownAfterMs, minOnlineMs, cooldownMs, count } = this.#server.serverManager
    const power = this.#power
    return {
      startTimeoutMs,
      shutdownAfterMs,
      minOnlineMs,
      cooldownMs,
      count,
      // One whose code is loaded when it is asked for the first time may know them only then.
      get staleMs() {
        return power.staleMs ?? 0
      },
      get pollMs() {
        return power.pollMs
      },
    }
  }

  #do(effect: MachineEffect): void {
    const { line } = this.#options
    switch (effect.kind) {
      case 'entered':
        this.#entered(effect)
        if (isReplaceable(this.#machine)) this.#takeNext()
        return
      case 'queue':
        line.enter(this.id, () => this.feed({ kind: 'permitted' }))
        return
      case 'leave-queue':
        line.leave(this.id)
        return
      case 'dismiss':
        this.#settleAll(effect.by === 'operator')
        return
      case 'ask':
        this.#ask()
        return
      case 'ping':
        this.#ping()
        return
      case 'start':
        this.#keep('starting')
        this.#starts++
        this.#wakes.ordered()
        this.#order('start')
        return
      case 'stop':
        this.#keep('stopping')
        this.#order('stop')
        return
    }
  }

  #entered({ phase, from, why }: Extract<MachineEffect, { kind: 'entered' }>): void {
    const { clock, line, log, cameUp, phaseChanged } = this.#options
    phaseChanged?.(this.#server, from, phase)
    this.#pending.abort()
    this.#pending = new AbortController()
    if (from === 'starting') line.leave(this.id)
    if (from === 'online') this.#countWake()
    switch (phase) {
      case 'online': {
        const startMs = from === 'starting' ? this.#machine.startMs(clock.now()) : undefined
        const startsMs = startMs === undefined ? this.#kept.startsMs : [...this.#kept.startsMs, Math.round(startMs)]
        if (startMs !== undefined) this.#readySeconds = [startMs / 1_000]
        this.#keep('online', { startsMs: startsMs.slice(-MOST_STARTS) })
        const after = startMs === undefined ? '' : ` after ${(startMs / 1_000).toFixed(1)} s`
        log('info', `is up${after}${this.waiting > 0 ? `; ${this.waiting} waiting` : ''}`)
        this.#wakes.cameUp()
        cameUp(this.#server, this.#lastStatus)
        this.#settleAll(false)
        return
      }
      case 'crashed':
        this.#failures++
        this.#keep('crashed')
        void this.#tellCrash(why ?? 'nobody knows why')
        return
      case 'sleeping':
        this.#keep('sleeping')
        log('info', 'sleeps')
        return
      case 'stopping':
        log('info', `is stopped: ${why ?? 'nobody knows why'}`)
        return
      case 'unknown':
        log('warn', `is looked at anew: ${why ?? 'nobody knows whether it runs'}`)
        return
      case 'starting':
        return
    }
  }

  /** What the server itself wrote last says more than its power does. */
  async #tellCrash(why: string): Promise<void> {
    const hasLog = this.#power.log !== undefined
    const lines = (hasLog && (await this.log().catch(() => undefined))?.slice(-3)) || []
    // Some powers quote the last line themselves.
    const more = lines.filter((line) => !why.includes(line))
    const words = more.length === 0 ? '' : `; it wrote last: ${more.map((line) => JSON.stringify(line)).join(', ')}`
    this.#options.log('warn', `could not be started, or has ended: ${why}${words}`)
  }

  #settleAll(isSentAway: boolean): void {
    const waiters = [...this.#waiters]
    this.#waiters.clear()
    for (const waiter of waiters) waiter.settle(isSentAway)
  }

  #countWake(): void {
    const { clock, log } = this.#options
    const outcome = this.#wakes.wentDown(this.#kept, this.#sessions.size > 0, clock.epoch())
    if (outcome === undefined) return
    const { inVain, lockedUntil } = outcome.kept
    if (inVain !== this.#kept.inVain || lockedUntil !== this.#kept.lockedUntil)
      this.#keep(this.#kept.phase, { inVain, lockedUntil })
    if (outcome.lockedFor !== undefined) log('warn', lockedText(outcome.lockedFor))
  }

  #keep(phase: string, more: Partial<KeptState> = {}): void {
    this.#kept = { ...this.#kept, ...more, phase, at: this.#options.clock.epoch() }
    try {
      this.#file.write(this.#kept)
    } catch (error) {
      this.#options.log('warn', `its state cannot be kept over a restart: ${textOf(error)}`)
    }
  }

  #ask(): void {
    this.#run(
      (power, signal) => power.state(signal),
      ({ state, why }) => {
        this.#unreadable = undefined
        return { kind: 'reading', state, why }
      },
      (message) => {
        this.#tellUnreadable(message)
        return { kind: 'unreadable', message }
      },
    )
  }

  /** Once, however often it is asked in vain: a wrong key is to be known before the first player waits for nothing. */
  #tellUnreadable(message: string): void {
    if (message === this.#unreadable) return
    this.#unreadable = message
    this.#options.log('warn', `cannot be asked for its state: ${message}`)
  }

  #order(which: 'start' | 'stop'): void {
    this.#run(
      (power, signal) => (which === 'start' ? power.start(signal) : power.stop(signal)),
      () => ({ kind: 'ordered' }),
      (message) => ({ kind: 'order-failed', message }),
    )
  }

  #run<Result>(
    act: (power: ServerPower, signal: AbortSignal) => Promise<Result>,
    answer: (result: Result) => Answer,
    failed: (message: string) => Answer,
  ): void {
    const power = this.#power
    const { epoch } = this.#machine
    // With another phase nobody wants the answer any more.
    const outdated = this.#pending.signal
    const tell = (input: Answer): void => this.feed({ ...input, epoch })
    this.#work = this.#work.then(async () => {
      if (this.#isClosed || outdated.aborted) return
      try {
        tell(answer(await act(power, AbortSignal.any([outdated, AbortSignal.timeout(ASK_TIMEOUT_MS)]))))
      } catch (error) {
        tell(failed(textOf(error)))
      }
    })
  }

  #ping(): void {
    const { epoch } = this.#machine
    const power = this.#power
    this.#options.ping(this.#server).then(
      ({ isUp, players, status }) => {
        this.#lastStatus = status
        const isReady = isUp && (this.#machine.phase !== 'starting' || power.mayBeReady?.() !== false)
        this.feed({ kind: 'pinged', isUp: isReady, players, epoch })
      },
      () => this.feed({ kind: 'pinged', isUp: false, players: undefined, epoch }),
    )
  }
}

/** Somebody was told to come back. */
const SUMMONS: Waiter = { isGone: true, settle: () => undefined }

/** Whether both were opened with the same: the times may change under a power. */
export function isSamePower(a: ServerWithManager, b: ServerWithManager): boolean {
  return a.source === b.source && JSON.stringify(powerOf(a)) === JSON.stringify(powerOf(b))
}

function powerOf({ serverManager }: ServerWithManager): object {
  const { startTimeoutMs, shutdownAfterMs, minOnlineMs, cooldownMs, count, ...rest } = serverManager
  return rest
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}

function textOf(error: unknown): string {
  if (error instanceof PowerError) return error.message
  return error instanceof Error ? error.message : String(error)
}
