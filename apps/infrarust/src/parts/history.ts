import { monitorEventLoopDelay } from 'node:perf_hooks'
import {
  type AccessRecord,
  clientKey,
  type Gateway,
  type LiveConnection,
  REASON_NAMES,
  reasonRow,
} from '@infrarust/core'
import type { EventHub } from '../events/event-hub.ts'
import { EVENT_KINDS, type EventKind } from '../events/event-kinds.ts'
import type { ProxyEvent } from '../events/proxy-event.ts'
import type { Config } from '../program-keys.ts'
import { isSession } from '../proxy/sessions.ts'
import type { Part } from './part.ts'

/** What happened in one minute. */
export interface Minute {
  /** Its begin, epoch milliseconds. */
  readonly at: number
  /** The most that were seen at once. */
  sessions: number
  connections: number
  logins: number
  pings: number
  readonly refusals: Map<string, number>
  bytesIn: number
  bytesOut: number
  /** The longest that anything waited for the event loop. */
  eventLoopDelayMs: number
}

/** Somebody who was turned away again and again. */
export interface RefusedClient {
  readonly client: string
  readonly reason: string
  count: number
  lastAt: number
}

/** Headers of one network that were not what the listener expects. */
export interface HeaderFault {
  readonly listener: string
  /** The network of the peers. */
  readonly network: string
  fault: string
  count: number
  lastAt: number
}

export interface HistoryOptions {
  readonly config: Pick<Config, 'web'>
  readonly gateway: Pick<Gateway, 'live'>
  readonly events: EventHub
}

const TICK_MS = 5_000
const MINUTE_MS = 60_000
const MINUTES = 60
const MAX_RECENT = 100
/** Of each kind; the one that was there first is forgotten. */
const MAX_REMEMBERED = 500
const NANOSECONDS_PER_MS = 1e6
/** What one operator runs: load balancers of one kind stand beside each other. */
export const PEER_NETWORK = { ipv4: 24, ipv6: 64 } as const

/** Told as they come; the ends of connections are kept from their records, so that nobody has to watch each step. */
const KEPT_KINDS: ReadonlySet<EventKind> = new Set(
  EVENT_KINDS.filter((kind) => !/^(connection|player|stats)\.|^header\./.test(kind)),
)

/** The last hour, in memory and bounded. It is kept where `[web]` shows it, and costs nothing elsewhere. */
export class History implements Part {
  readonly #gateway: Pick<Gateway, 'live'>
  readonly #events: EventHub
  readonly #minutes: Minute[] = []
  readonly #recent: (ProxyEvent | EndedConnection)[] = []
  readonly #refusedClients = new Map<string, RefusedClient>()
  readonly #faults = new Map<string, HeaderFault>()
  #isKept: boolean
  #ending: (() => void) | undefined
  #ticks: Ticks | undefined
  /** Bytes of connections that have ended, and what all together had at the last tick. */
  #ended = { in: 0, out: 0 }
  #seen = { in: 0, out: 0 }

  constructor({ config, gateway, events }: HistoryOptions) {
    this.#gateway = gateway
    this.#events = events
    this.#isKept = config.web !== undefined
    events.onSubscribers(() => this.#follow())
  }

  get wantsRecords(): boolean {
    return this.#isKept
  }

  start(): void {
    this.#follow()
  }

  useConfig({ web }: Pick<Config, 'web'>): void {
    this.#isKept = web !== undefined
    this.#follow()
  }

  /** At the end of each connection. */
  record(record: AccessRecord, headerFault: string | undefined): void {
    const { reason, intent, ms, bytes_in, bytes_out } = record
    const now = Date.now()
    const minute = this.#minute(now)
    if (intent === 'status' || intent === 'legacy_status') minute.pings++
    else if (ms.relay !== undefined) minute.logins++
    this.#ended.in += bytes_in
    this.#ended.out += bytes_out
    const isRefusal = ms.relay === undefined && REFUSALS.has(reason)
    if (isRefusal) {
      minute.refusals.set(reason, (minute.refusals.get(reason) ?? 0) + 1)
      this.#remember(record, now)
    }
    if (headerFault !== undefined) this.#rememberFault(record, headerFault, now)
    this.#keep({ record, isRefusal, at: now })
  }

  /** The last hour, the oldest first. */
  get minutes(): readonly Minute[] {
    this.#minute(Date.now())
    return this.#minutes
  }

  /** What happened last, the latest first. */
  get recent(): readonly (ProxyEvent | EndedConnection)[] {
    return this.#recent.toReversed()
  }

  /** Within the last hour, the latest first. */
  get refusedClients(): readonly RefusedClient[] {
    return latestOf(this.#refusedClients)
  }

  /** Within the last hour, the latest first. */
  get headerFaults(): readonly HeaderFault[] {
    return latestOf(this.#faults)
  }

  sizes(): Readonly<Record<'history_entries', number>> {
    return { history_entries: this.#recent.length + this.#refusedClients.size + this.#faults.size }
  }

  stop(): void {
    this.#ending?.()
    this.#ticks?.end()
    this.#ticks = undefined
  }

  #follow(): void {
    // Subscribing tells us again.
    if (this.#isKept && this.#ending === undefined) {
      this.#ending = () => {}
      this.#ending = this.#events.subscribe({ kinds: KEPT_KINDS, take: (event) => this.#keep(event) })
    }
    const wantsTicks = this.#isKept || this.#events.wants('stats.tick')
    if (wantsTicks) this.#ticks ??= new Ticks((delayMs) => this.#tick(delayMs))
    else {
      this.#ticks?.end()
      this.#ticks = undefined
    }
  }

  #tick(eventLoopDelayMs: number): void {
    const live = this.#gateway.live()
    const sessions = live.filter(isSession).length
    const moved = this.#moved(live)
    if (this.#isKept) {
      const minute = this.#minute(Date.now())
      minute.sessions = Math.max(minute.sessions, sessions)
      minute.connections = Math.max(minute.connections, live.length)
      minute.eventLoopDelayMs = Math.max(minute.eventLoopDelayMs, eventLoopDelayMs)
      minute.bytesIn += moved.in
      minute.bytesOut += moved.out
    }
    this.#events.emit('stats.tick', (at) => ({
      kind: 'stats.tick',
      at,
      connections: live.length,
      sessions,
      bytes_in: moved.in,
      bytes_out: moved.out,
      event_loop_delay_ms: eventLoopDelayMs,
      memory_bytes: process.memoryUsage.rss(),
      uptime_seconds: Math.floor(process.uptime()),
    }))
  }

  /** Since the last tick. A PROXY header is counted while a connection lives and not in its record, hence never less than 0. */
  #moved(live: readonly LiveConnection[]): { readonly in: number; readonly out: number } {
    const all = { ...this.#ended }
    for (const { bytesIn, bytesOut } of live) {
      all.in += bytesIn
      all.out += bytesOut
    }
    const moved = { in: Math.max(0, all.in - this.#seen.in), out: Math.max(0, all.out - this.#seen.out) }
    this.#seen = all
    return moved
  }

  #minute(now: number): Minute {
    const at = Math.floor(now / MINUTE_MS) * MINUTE_MS
    const last = this.#minutes.at(-1)
    // A clock that was set back goes on where it is.
    if (last !== undefined && last.at >= at) return last
    const minute: Minute = {
      at,
      sessions: 0,
      connections: 0,
      logins: 0,
      pings: 0,
      refusals: new Map(),
      bytesIn: 0,
      bytesOut: 0,
      eventLoopDelayMs: 0,
    }
    this.#minutes.push(minute)
    while (this.#minutes.length > MINUTES || (this.#minutes[0]?.at ?? at) <= at - MINUTES * MINUTE_MS)
      this.#minutes.shift()
    return minute
  }

  #keep(event: ProxyEvent | EndedConnection): void {
    if (!this.#isKept) return
    this.#recent.push(event)
    if (this.#recent.length > MAX_RECENT) this.#recent.shift()
  }

  #remember({ client, reason }: AccessRecord, now: number): void {
    const key = `${reason} ${client}`
    const known = this.#refusedClients.get(key) ?? { client, reason, count: 0, lastAt: now }
    known.count++
    known.lastAt = now
    remember(this.#refusedClients, key, known)
  }

  #rememberFault({ listener, peer }: AccessRecord, fault: string, now: number): void {
    const network = clientKey(peer, PEER_NETWORK)
    const key = `${network} ${listener}`
    const known = this.#faults.get(key) ?? { listener, network, fault, count: 0, lastAt: now }
    known.count++
    known.fault = fault
    known.lastAt = now
    remember(this.#faults, key, known)
  }
}

/** The end of a connection, as it is kept. */
export interface EndedConnection {
  readonly kind?: never
  readonly record: AccessRecord
  readonly isRefusal: boolean
  /** Epoch milliseconds. */
  readonly at: number
}

/** The event loop looked at, again and again. */
class Ticks {
  readonly #timer: NodeJS.Timeout
  readonly #delay = monitorEventLoopDelay({ resolution: 20 })

  /** @param onTick gets the longest that anything waited for the event loop since the last one */
  constructor(onTick: (eventLoopDelayMs: number) => void) {
    this.#delay.enable()
    this.#timer = setInterval(() => {
      const delayMs = Math.round(this.#delay.max / NANOSECONDS_PER_MS)
      this.#delay.reset()
      onTick(delayMs)
    }, TICK_MS).unref()
  }

  end(): void {
    clearInterval(this.#timer)
    this.#delay.disable()
  }
}

/** At the end of the order, which is where the latest are. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key)
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > MAX_REMEMBERED && oldest !== undefined) map.delete(oldest)
}

function latestOf<Value extends { readonly lastAt: number }>(map: ReadonlyMap<string, Value>): readonly Value[] {
  const since = Date.now() - MINUTES * MINUTE_MS
  return [...map.values()].filter(({ lastAt }) => lastAt > since).reverse()
}

/** Looked up once: the rows have many shapes, and each connection passes here. */
const REFUSALS: ReadonlySet<string> = new Set(REASON_NAMES.filter((reason) => reasonRow(reason).isRefusal))
