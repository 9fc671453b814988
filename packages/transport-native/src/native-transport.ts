import { availableParallelism } from 'node:os'
import { canonical, type SocketAddress } from '@infrarust/core'
import {
  type ConnectionId,
  type DecidedAbout,
  type Decision,
  decisionFault,
  type End,
  type KeepAlive,
  type ListenOptions,
  type LiveCounters,
  type Transport,
  type TransportInput,
  type TransportOptions,
  UNIX_PEER,
} from '@infrarust/core/transport'
import type { Binding, Engine } from './binding.ts'
import { REPORT } from './boundary.ts'
import { MOST_THREADS, threadOf } from './connection-id.ts'
import {
  CIPHERED,
  ConnectionTable,
  ENDING,
  type EntryPhase,
  type NativeConnection,
  type SeenSide,
  STANDING,
} from './connection-table.ts'
import { TransportNativeError } from './errors.ts'
import { Listeners } from './listeners.ts'
import { loadNative } from './load-native.ts'
import { type DecisionHead, Orders } from './orders.ts'
import { Reports } from './reports.ts'

export interface NativeTransportOptions extends TransportOptions {
  /** Relay threads, 1 to 64; one per core where it is not given, and 64 where there are more. */
  readonly threads?: number
}

/**
 * How long reports are handled before everything else of the process has its turn: timers, the log, the control socket,
 * the status pages.
 */
const TURN_MS = 5

/** Calls that come closer together than this belong to one turn: nothing else had time to run in between. */
const SAME_TURN_MS = 0.2

/** Above every decision of a handler: nothing comes after it. */
const LAST_SEQ = 0xffff_ffff

/**
 * The Linux data plane: C++ threads that accept, dial and relay, under decisions that JavaScript takes.
 *
 * @throws TransportNativeError `unavailable` where it cannot be had; `loadNative()` tells without throwing
 */
export function nativeTransport(options: NativeTransportOptions): Transport {
  const native = loadNative()
  if (native.kind === 'unavailable') throw new TransportNativeError('unavailable', native.reason)
  return new NativeTransport(native.binding, options)
}

class NativeTransport implements Transport {
  readonly kind = 'native'
  readonly #options: NativeTransportOptions
  readonly #binding: Binding
  readonly #engine: Engine
  readonly #orders: readonly Orders[]
  readonly #reports = new Reports()
  readonly #entries: ConnectionTable
  readonly #listeners: Listeners
  readonly #counters = new Float64Array(2)
  #isFlushDue = false
  /** There are reports left for the next turn. */
  #isBehind = false
  #turnBeganAt = Number.NEGATIVE_INFINITY
  #turnLeftAt = Number.NEGATIVE_INFINITY
  #isBusy = false
  #isOpen = true
  #closing: Promise<void> | undefined
  #isEmpty: (() => void) | undefined

  constructor(binding: Binding, options: NativeTransportOptions) {
    const threads = options.threads ?? Math.min(availableParallelism(), MOST_THREADS)
    if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS)
      throw new TransportNativeError('threads', `threads is ${threads}; it is a whole number from 1 to ${MOST_THREADS}`)
    this.#options = options
    this.#binding = binding
    this.#entries = new ConnectionTable(threads)
    this.#orders = Array.from({ length: threads }, () => new Orders())
    this.#engine = binding.open(threads, () => this.#receive())
    this.keepAlive(options.keepAlive)
    this.#listeners = new Listeners(binding, this.#engine, this.#orders)
  }

  now(): number {
    return this.#binding.now()
  }

  keepAlive({ isEnabled, initialDelayMs, intervalMs, probes }: KeepAlive): void {
    // The kernel counts in seconds.
    const seconds = (ms: number): number => Math.max(1, Math.round(ms / 1000))
    this.#binding.keepAlive(this.#engine, isEnabled ? seconds(initialDelayMs) : 0, seconds(intervalMs), probes)
  }

  async listen(options: ListenOptions): Promise<SocketAddress> {
    if (!this.#isOpen) throw new TransportNativeError('closed', 'the native transport is closed')
    const address = await this.#listeners.listen(options)
    this.#holdProcess()
    return address
  }

  async stopListening(name?: string): Promise<void> {
    await this.#listeners.stop(name, () => this.#flush())
    this.#holdProcess()
  }

  decide(id: ConnectionId, decision: Decision): void {
    const entry = this.#entries.get(id)
    if (entry === undefined) return
    this.#carryOut(entry, decision)
    if (this.#isFlushDue) return
    this.#isFlushDue = true
    queueMicrotask(() => this.#flush())
  }

  counters(id: ConnectionId): LiveCounters | undefined {
    const entry = this.#entries.get(id)
    if (entry === undefined) return undefined
    if (!this.#binding.counters(this.#engine, id, threadOf(id), this.#counters.buffer)) return undefined
    const [bytesIn = 0, bytesOut = 0] = this.#counters
    return { bytesIn, bytesOut }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.stopListening()
    for (const orders of this.#orders) orders.destroyAll()
    this.#flush()
    if (this.#entries.size > 0)
      await new Promise<void>((resolve) => {
        this.#isEmpty = resolve
      })
    this.#isOpen = false
    this.#binding.close(this.#engine)
  }

  /** There are reports. */
  #receive(): void {
    if (this.#isBehind) return
    const at = performance.now()
    if (at - this.#turnLeftAt > SAME_TURN_MS) this.#turnBeganAt = at
    this.#handleReports()
  }

  readonly #nextTurn = (): void => {
    this.#isBehind = false
    if (!this.#isOpen) return
    this.#turnBeganAt = performance.now()
    this.#handleReports()
  }

  /** Until there are none, or for one turn. Under a flood they never end, and nothing else would ever run. */
  #handleReports(): void {
    const endsAt = this.#turnBeganAt + TURN_MS
    while (this.#isOpen && this.#handleBatch()) {
      if (performance.now() < endsAt) continue
      this.#isBehind = true
      setImmediate(this.#nextTurn)
      break
    }
    this.#turnLeftAt = performance.now()
  }

  /**
   * One batch of reports. Whatever is decided on the way goes back in one piece for each thread.
   *
   * @returns whether there was one
   */
  #handleBatch(): boolean {
    const reports = this.#reports
    let bytes = this.#binding.take(this.#engine, reports.memory)
    if (bytes < 0) bytes = this.#binding.take(this.#engine, reports.makeRoom(-bytes))
    if (bytes === 0) return false
    reports.open(bytes)
    this.#isFlushDue = true
    while (reports.next()) this.#take(reports)
    this.#flush()
    return true
  }

  #take(reports: Reports): void {
    switch (reports.kind) {
      case REPORT.accepted:
        this.#accept(reports)
        return
      case REPORT.unlistened:
        this.#listeners.unlistened(reports.listener)
        return
      case REPORT.acceptPaused:
        this.#noticePause(reports)
        return
    }
    const entry = this.#entries.get(reports.id)
    if (entry === undefined) return
    switch (reports.kind) {
      case REPORT.bytes:
        // An earlier decision's view: its thread shows it again, without what was consumed since.
        if (reports.seq === entry.seq) this.#show(entry, reports.at, reports.bytes)
        return
      case REPORT.ended:
        this.#ended(entry, reports)
        return
      case REPORT.serverBytes:
        this.#showServer(entry, reports)
        return
      case REPORT.serverEnded:
        this.#serverEnded(entry, reports)
        return
      case REPORT.dialled:
        this.#dialled(entry, reports)
        return
      case REPORT.dialFailed:
        if (reports.seq === entry.seq)
          this.#tell(entry, { kind: 'dial-failed', at: reports.at, decision: entry.seq, failures: reports.failures })
        return
      case REPORT.overrun:
        if (reports.seq === entry.seq) this.#tell(entry, { kind: 'overrun', at: reports.at, decision: entry.seq })
        return
      case REPORT.deadline:
        if (reports.seq === entry.seq) this.#tell(entry, { kind: 'deadline', at: reports.at, decision: entry.seq })
        return
      case REPORT.finished:
        this.#finish(entry, reports.at, reports, reports.end)
        return
    }
  }

  #accept(reports: Reports): void {
    const { peerAddress, peerPort, localAddress, localPort, bytes, listener: index } = reports.accepted
    const listener = this.#listeners.get(index)
    const entry = this.#entries.add(reports.id)
    this.#holdProcess()
    const input: TransportInput = {
      kind: 'accepted',
      at: reports.at,
      listener: listener?.name ?? '',
      peer: peerAddress === '' ? UNIX_PEER : canonical({ address: peerAddress, port: peerPort }),
      local:
        localAddress === '' && listener !== undefined
          ? listener.address
          : canonical({ address: localAddress, port: localPort }),
    }
    const decision = this.#ask(entry, input)
    if (decision === undefined) return
    // The first bytes came with it: where the answer is to wait for them, the thread need not hear of that.
    if (decision.kind !== 'await' || bytes.length === 0 || decision.cipher !== undefined) {
      this.#carryOut(entry, decision)
      return
    }
    entry.seq = decision.seq
    const visible = bytes.length > decision.maxBytes ? bytes.subarray(0, decision.maxBytes) : bytes
    entry.shownBytes = entry.consumableBytes = visible.length
    const next = this.#ask(entry, { kind: 'bytes', at: reports.at, bytes: visible })
    if (next !== undefined && next.seq > entry.seq) this.#carryOut(entry, next)
    else if (entry.seq === decision.seq && entry.phase.kind === 'open')
      this.#ordersOf(entry).await(this.#head(entry, 0), decision.maxBytes, decision.deadlineAt)
  }

  /** A FIN that crossed a decision is told again, behind the bytes that crossed it. */
  #ended(entry: NativeConnection, reports: Reports): void {
    const { phase } = entry
    const how = reports.ended
    if ((phase.kind !== 'open' && phase.kind !== 'parleying') || (how === 'fin' && reports.seq !== entry.seq)) return
    entry.isEndTold = true
    this.#tell(entry, { kind: 'ended', at: reports.at, how })
  }

  #showServer(entry: NativeConnection, reports: Reports): void {
    const { phase } = entry
    if (phase.kind !== 'parleying' || reports.seq !== entry.seq) return
    const { at, bytes } = reports
    phase.server.shownBytes = phase.server.consumableBytes = bytes.length
    this.#tell(entry, { kind: 'server-bytes', at, bytes })
  }

  #serverEnded(entry: NativeConnection, reports: Reports): void {
    const { phase } = entry
    if (phase.kind !== 'parleying' || reports.seq !== entry.seq) return
    phase.server.isEndTold = true
    this.#tell(entry, { kind: 'server-ended', at: reports.at, how: reports.ended })
  }

  #show(entry: NativeConnection, at: number, bytes: Uint8Array): void {
    entry.shownBytes = entry.consumableBytes = bytes.length
    this.#tell(entry, { kind: 'bytes', at, bytes })
  }

  #dialled(entry: NativeConnection, reports: Reports): void {
    // Outdated: the decision that made it so ends the relay when it reaches the thread.
    const { phase } = entry
    if (reports.seq !== entry.seq || phase.kind !== 'open') return
    entry.phase = reports.isParley
      ? {
          kind: 'parleying',
          isCiphered: phase.isCiphered,
          server: { consumableBytes: 0, shownBytes: 0, isEndTold: false },
        }
      : STANDING
    this.#tell(entry, {
      kind: 'dialled',
      at: reports.at,
      decision: entry.seq,
      attempt: reports.attempt,
      connectMs: reports.connectMs,
      failures: reports.earlierFailures,
    })
  }

  #tell(entry: NativeConnection, input: TransportInput): void {
    const decision = this.#ask(entry, input)
    if (decision !== undefined) this.#carryOut(entry, decision)
  }

  #ask(entry: NativeConnection, input: TransportInput): Decision | undefined {
    try {
      return this.#options.handler.input(entry.id, input)
    } catch (error) {
      this.#fail(entry, `the handler failed on "${input.kind}": ${describe(error)}`)
      return undefined
    }
  }

  #carryOut(entry: NativeConnection, decision: Decision): void {
    const { phase } = entry
    if (decision.seq <= entry.seq || phase.kind === 'failed') return
    const isReset = decision.kind === 'close' && decision.how === 'reset'
    if (phase.kind === 'ending' && !isReset) return
    const fault = phase.kind === 'ending' ? undefined : decisionFault(decision, decidedAbout(phase))
    if (fault !== undefined) {
      this.#fail(entry, fault)
      return
    }
    entry.seq = decision.seq
    this.#order(entry, decision)
  }

  /** Writes the decision for its thread. */
  #order(entry: NativeConnection, decision: Decision): void {
    const orders = this.#ordersOf(entry)
    const head = this.#head(entry, decision.consumed, 'cipher' in decision ? decision.cipher : undefined)
    switch (decision.kind) {
      case 'await':
        orders.await(head, decision.maxBytes, decision.deadlineAt)
        break
      case 'respond':
        if (decision.then.kind === 'close') entry.phase = ENDING
        orders.respond(head, decision)
        break
      case 'hold':
        orders.hold(head, decision.maxBytes, decision.deadlineAt)
        break
      case 'relay':
        orders.relay(head, decision)
        break
      case 'parley':
        if (entry.phase.kind !== 'parleying') break
        orders.parley(head, entry.phase.server, consume(entry.phase.server, decision.consumedFromServer), decision)
        if (decision.then === 'pump') entry.phase = STANDING
        break
      case 'close':
        entry.phase = ENDING
        orders.close(head, decision.how)
    }
    if (orders.isFull) this.#send(orders, threadOf(entry.id))
  }

  #head(entry: NativeConnection, consumed: number, cipher?: Uint8Array): DecisionHead {
    const dropped = consume(entry, consumed)
    if (cipher !== undefined) startCipher(entry)
    const { id, seq, shownBytes: shown, isEndTold } = entry
    return { id, seq, consumed: dropped, shown, isEndTold, cipher }
  }

  /** A fault of ours: the operator hears of it, and the connection ends. */
  #fail(entry: NativeConnection, message: string): void {
    this.#options.notice({ level: 'error', message })
    entry.phase = { kind: 'failed', message }
    entry.seq = LAST_SEQ
    this.#ordersOf(entry).close(this.#head(entry, 0), 'reset')
  }

  #finish(entry: NativeConnection, at: number, { bytesIn, bytesOut }: LiveCounters, found: End): void {
    this.#entries.delete(entry.id)
    const { phase } = entry
    const end: End = phase.kind === 'failed' ? { by: 'gateway', how: 'error', message: phase.message } : found
    this.#ask(entry, { kind: 'finished', at, bytesIn, bytesOut, end })
    if (this.#entries.size > 0) return
    this.#isEmpty?.()
    this.#holdProcess()
  }

  #noticePause(reports: Reports): void {
    const { error, listener } = reports.pausedBy
    const name = this.#listeners.get(listener)?.name ?? ''
    this.#options.notice({
      level: 'warn',
      message: `listener "${name}": accepting pauses, ${error}; raise the limit of open files (ulimit -n, LimitNOFILE=)`,
    })
  }

  #ordersOf(entry: NativeConnection): Orders {
    const orders = this.#orders[threadOf(entry.id)]
    if (orders === undefined) throw new RangeError(`connection ${entry.id} is of no thread`)
    return orders
  }

  #flush(): void {
    this.#isFlushDue = false
    if (!this.#isOpen) return
    this.#orders.forEach((orders, thread) => {
      if (orders.usedBytes > 0) this.#send(orders, thread)
    })
  }

  #send(orders: Orders, thread: number): void {
    this.#binding.send(this.#engine, thread, orders.buffer, orders.usedBytes)
    orders.clear()
  }

  /** A listener or a connection keeps the process, as a `net.Server` does. */
  #holdProcess(): void {
    const isBusy = this.#listeners.size > 0 || this.#entries.size > 0
    if (isBusy === this.#isBusy || !this.#isOpen) return
    this.#isBusy = isBusy
    this.#binding.hold(this.#engine, isBusy)
  }
}

/** Takes the consumed bytes off; what they leave behind counts as not yet shown. */
function consume(side: SeenSide, wanted: number): number {
  const consumed = Math.min(wanted, side.consumableBytes)
  side.consumableBytes -= consumed
  if (consumed > 0) side.shownBytes = 0
  return consumed
}

/** What is left was seen as ciphertext only. */
function startCipher(entry: NativeConnection): void {
  entry.consumableBytes = entry.shownBytes = 0
  const { phase } = entry
  if (phase.kind === 'open') entry.phase = CIPHERED
  else if (phase.kind === 'parleying') entry.phase = { ...phase, isCiphered: true }
}

function decidedAbout(phase: EntryPhase): DecidedAbout {
  switch (phase.kind) {
    case 'open':
      return { stage: 'before a relay', isCiphered: phase.isCiphered }
    case 'parleying':
      return { stage: 'in a parley', isCiphered: phase.isCiphered }
    default:
      return { stage: 'relaying', isCiphered: false }
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
