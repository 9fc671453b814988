import type { ListenerConfig } from '../config/gateway.ts'
import { Connection } from '../connection/connection.ts'
import type { Reason } from '../connection/reason.ts'
import { type AccessRecord, accessRecord } from '../connection/record.ts'
import type {
  ConnectionSettings,
  EndpointSource,
  Listener,
  Messages,
  Notice,
  Pending,
  Routes,
  StatusSource,
  Surroundings,
} from '../connection/surroundings.ts'
import { DialsUnderWay } from '../loop/dials-under-way.ts'
import { PolicyChain } from '../policy/chain.ts'
import type { Policy, Refusal } from '../policy/policy.ts'
import { ConnectionMap } from '../transport/connection-map.ts'
import type { Close, ConnectionHandler, ConnectionId, Decision, Input, Transport } from '../transport/contract.ts'
import { AgeList } from './age-list.ts'
import { Entry } from './entry.ts'
import { EntryIndex } from './entry-index.ts'
import { asListener } from './listener.ts'
import { type LiveConnection, liveConnection } from './live-connection.ts'
import { SeldomNotices } from './seldom-notices.ts'
import type { Tracer } from './trace.ts'
import { uniqueIds } from './unique-id.ts'
import { type PendingLimits, WaitingClients } from './waiting-clients.ts'

/** What a reload may change. It reaches the connections that are accepted from then on. */
export interface GatewaySettings extends ConnectionSettings {
  readonly listeners: readonly ListenerConfig[]
  /** How many connections may be there at once, refused ones not counted; a number, whatever 0 stands for. */
  readonly maxConnections: number
  readonly pendingLimits: PendingLimits
  readonly policies: readonly Policy[]
  readonly messages: Messages
  readonly statuses: StatusSource
}

export interface GatewayOptions {
  readonly settings: GatewaySettings
  readonly routes: Routes
  readonly endpoints: EndpointSource
  /** Called exactly once for each accepted connection, at its end; with what was wrong with its PROXY header, if so. */
  readonly record: (record: AccessRecord, headerFault: string | undefined) => void
  readonly notice: (notice: Notice) => void
  readonly uniqueId?: (id: ConnectionId) => Uint8Array
}

/** Whom a ban or a kick means. */
export type CutTarget =
  | { readonly kind: 'connection'; readonly id: ConnectionId }
  /** Canonical. */
  | { readonly kind: 'client'; readonly address: string }
  /** In any case. */
  | { readonly kind: 'player'; readonly name: string }
  /** Looks at every connection: for networks, and for what else there may be. */
  | { readonly kind: 'matching'; readonly matches: (connection: LiveConnection) => boolean }

/** All connections: the handler behind a transport. It holds them, counts them, finds them, and ends in their records. */
export class Gateway implements ConnectionHandler {
  readonly #options: GatewayOptions
  readonly #entries = new ConnectionMap<Entry>()
  readonly #byClient = new EntryIndex()
  readonly #byPlayer = new EntryIndex()
  readonly #waiting = new AgeList()
  readonly #waitingClients: WaitingClients
  readonly #dials = new DialsUnderWay()
  readonly #noticed = new SeldomNotices()
  readonly #listeners = new Map<string, Listener>()
  readonly #uniqueId: (id: ConnectionId) => Uint8Array
  readonly #tracers = new Set<Tracer>()
  #surroundings: Surroundings
  #maxConnections: number
  #counted = 0
  #refused = 0
  #isDraining = false
  #transport: Pick<Transport, 'now' | 'decide' | 'counters'> | undefined

  constructor(options: GatewayOptions) {
    this.#options = options
    this.#uniqueId = options.uniqueId ?? uniqueIds()
    this.#surroundings = this.#use(options.settings)
    this.#maxConnections = options.settings.maxConnections
    this.#waitingClients = new WaitingClients(options.settings.pendingLimits)
  }

  /** The transport whose connections these are; before the first of them. */
  attach(transport: Pick<Transport, 'now' | 'decide' | 'counters'>): void {
    this.#transport = transport
  }

  reconfigure(settings: GatewaySettings): void {
    this.#surroundings = this.#use(settings)
    this.#maxConnections = settings.maxConnections
    this.#waitingClients.use(settings.pendingLimits)
  }

  input(id: ConnectionId, input: Input): Decision | undefined {
    if (input.kind === 'accepted') return this.#accept(id, input)
    const entry = this.#entries.get(id)
    return entry === undefined ? undefined : this.#feed(entry, input)
  }

  /**
   * Ends connections from outside, in whatever phase they are; before the relay with the text for this reason.
   *
   * @returns how many there were
   */
  cut(target: CutTarget, refusal: Refusal): number {
    const found = this.#find(target).filter(({ connection }) => !connection.isClosed)
    for (const entry of found) this.#drive(entry, { kind: 'cut', at: this.#now(), ...refusal })
    return found.length
  }

  /** The proxy is going down: relays go on, nobody else begins one. */
  drain(): void {
    this.#isDraining = true
    for (const entry of this.#entries.values()) this.#drive(entry, { kind: 'drain', at: this.#now() })
  }

  /** Connections that are there, closing ones included. */
  get size(): number {
    return this.#entries.size
  }

  /** Each at this moment, in the order of their accept. */
  live(): readonly LiveConnection[] {
    return this.#entries
      .values()
      .sort(byAccept)
      .map((entry) => this.#view(entry))
  }

  /**
   * Shows a tracer every step of every connection from now on; without one nothing is paid for it.
   *
   * @returns ends it
   */
  trace(tracer: Tracer): () => void {
    this.#tracers.add(tracer)
    return () => void this.#tracers.delete(tracer)
  }

  #use(settings: GatewaySettings): Surroundings {
    const { routes, endpoints, notice } = this.#options
    // A listener that is gone from the configuration may still hand over what it has accepted.
    for (const listener of settings.listeners) this.#listeners.set(listener.name, asListener(listener))
    return {
      settings,
      policies: new PolicyChain(settings.policies),
      messages: settings.messages,
      statuses: settings.statuses,
      routes,
      endpoints,
      mayAnswer: (id) => this.#mayAnswer(id),
      uniqueId: this.#uniqueId,
      notice,
      dials: this.#dials,
      noticeSeldom: (key, againMs, text) => {
        if (this.#noticed.isDue(key, this.#now(), againMs)) notice(text)
      },
    }
  }

  #accept(id: ConnectionId, accepted: Extract<Input, { kind: 'accepted' }>): Decision | undefined {
    const listener = this.#listeners.get(accepted.listener) ?? closedListener(accepted.listener)
    const connection = new Connection(id, accepted, listener, this.#surroundings)
    const entry = new Entry(connection)
    this.#entries.set(id, entry)
    // First: a client that has its fill makes room for itself, and for nobody else's loss.
    this.#countWaiting(entry, accepted.at)
    connection.turnedAway = this.#roomFor(accepted.at)
    if (connection.turnedAway === undefined) {
      entry.isCounted = true
      this.#counted++
      entry.waiting = this.#waiting.add(entry)
    } else if (!this.#mayAnswer(id)) {
      return this.#decided(entry, connection.close(connection.turnedAway.reason, accepted.at, 'reset'), accepted.at)
    }
    return this.#feed(entry, accepted)
  }

  /** At the limit the oldest connection that has not said what it wants makes room; mute sockets keep no player out. */
  #roomFor(at: number): Refusal | undefined {
    if (this.#isDraining) return { reason: 'shutdown' }
    if (this.#counted < this.#maxConnections) return undefined
    const { oldest } = this.#waiting
    if (oldest === undefined) return { reason: 'proxy_full' }
    this.#displace(oldest, 'proxy_full', at)
    return undefined
  }

  /** Ends one that has not said all it has to say, for the sake of one that came later. */
  #displace(entry: Entry, reason: Reason, at: number): void {
    const decision = this.#decided(entry, entry.connection.close(reason, at, 'reset'), at)
    if (decision !== undefined) this.#transport?.decide(entry.connection.id, decision)
  }

  /** Counts it among those of its client that have not said all they have to say; of too many the oldest goes. */
  #countWaiting(entry: Entry, at: number): void {
    if (entry.waitingOfClient !== undefined) return
    const place = this.#waitingClients.add(entry)
    entry.waitingOfClient = place
    if (place === undefined) return
    for (;;) {
      const surplus = this.#waitingClients.surplus(place)
      if (surplus === undefined) return
      this.#displace(surplus, 'rate_limited', at)
    }
  }

  #uncountWaiting(entry: Entry): void {
    if (entry.waitingOfClient !== undefined) this.#waitingClients.remove(entry.waitingOfClient)
    entry.waitingOfClient = undefined
  }

  /** Refusals are kept for their answer only while they are few: beyond that they would fill the house. */
  #mayAnswer(id: ConnectionId): boolean {
    const entry = this.#entries.get(id)
    if (entry === undefined) return false
    if (entry.connection.isRefused) return true
    if (this.#refused >= this.#refusalsLimit) return false
    entry.connection.isRefused = true
    this.#refused++
    return true
  }

  get #refusalsLimit(): number {
    return Math.max(MIN_REFUSALS, this.#maxConnections * REFUSALS_SHARE)
  }

  /** Feeds an input that no transport has asked about, and hands over the decision. */
  #drive(entry: Entry, input: Parameters<Connection['input']>[0]): void {
    const decision = this.#feed(entry, input)
    if (decision !== undefined) this.#transport?.decide(entry.connection.id, decision)
  }

  #feed(entry: Entry, input: Parameters<Connection['input']>[0]): Decision | undefined {
    const { connection } = entry
    const before = connection.state
    let decision: Decision | undefined
    try {
      decision = connection.input(input)
    } catch (error) {
      // A fault of ours or of somebody's policy, and no peer's: it costs this connection, and no other.
      this.#options.notice({ level: 'error', message: `connection ${connection.id}: ${textOf(error)}` })
      decision = connection.close('internal', input.at, 'reset')
    }
    const decided = this.#decided(entry, decision, input.at)
    const record = input.kind === 'finished' ? this.#finish(entry, input) : undefined
    if (this.#tracers.size > 0) {
      const { headerFault } = connection
      const reason = record?.reason ?? connection.reason
      const from = before.name
      const step = { connection: this.#view(entry), input, from, decision: decided, headerFault, reason, record }
      for (const tracer of this.#tracers) tracer(step)
    }
    return decided
  }

  /** Brings the table up to date with what the connection has become. */
  #decided(entry: Entry, decision: Decision | undefined, at: number): Decision | undefined {
    const { connection } = entry
    const { isClosed } = connection
    this.#index(entry)
    if (connection.hasSaidAll) this.#uncountWaiting(entry)
    else this.#countWaiting(entry, at)
    if (entry.waiting !== undefined && (connection.hasSaidAll || connection.isRefused)) {
      this.#waiting.remove(entry.waiting)
      entry.waiting = undefined
    }
    if (entry.isCounted && (isClosed || connection.isRefused)) {
      entry.isCounted = false
      this.#counted--
    }
    if (decision !== undefined) {
      entry.abandon?.()
      entry.abandon = undefined
      if (decision.kind === 'hold' && connection.pending !== undefined)
        this.#wait(entry, connection.pending, decision.seq)
    } else if (isClosed) {
      entry.abandon?.()
      entry.abandon = undefined
    }
    // What has reached a server is closed in order: its last bytes may be on their way.
    return decision?.kind === 'close' && connection.endpoint === undefined ? this.#briefly(decision) : decision
  }

  /** Closing in order takes up to a second: beyond the same number as of refusals it is done at once. */
  #briefly(close: Close): Close {
    const closing = this.#entries.size - this.#counted - this.#refused
    return close.how === 'end' && closing > this.#refusalsLimit ? { ...close, how: 'reset' } : close
  }

  #wait(entry: Entry, pending: Pending, decision: number): void {
    entry.connection.pending = undefined
    entry.abandon = pending.abandon
    const settle = (): void => {
      // By then it is no longer this wait's business what the connection does.
      if (entry.connection.seq !== decision) return
      entry.abandon = undefined
      this.#drive(entry, { kind: 'settled', at: this.#now(), decision, outcome: undefined })
    }
    pending.done.then(settle, settle)
  }

  #index(entry: Entry): void {
    const { client, player } = entry.connection
    if (entry.byClient?.key !== client.address) {
      if (entry.byClient !== undefined) this.#byClient.remove(entry.byClient)
      entry.byClient = this.#byClient.add(client.address, entry)
    }
    if (player !== undefined) entry.byPlayer ??= this.#byPlayer.add(player.name.toLowerCase(), entry)
  }

  #finish(entry: Entry, finished: Extract<Input, { kind: 'finished' }>): AccessRecord {
    const { connection } = entry
    this.#entries.delete(connection.id)
    if (entry.byClient !== undefined) this.#byClient.remove(entry.byClient)
    if (entry.byPlayer !== undefined) this.#byPlayer.remove(entry.byPlayer)
    if (connection.isRefused) this.#refused--
    connection.whenAnswered?.()
    const { end } = finished
    // Where a reason stands, the fault is that an answer of ours has crossed a relay that had just begun to stand.
    if (end.how === 'error' && connection.reason === undefined) {
      this.#options.notice({ level: 'error', message: `connection ${connection.id}: ${end.message}` })
    }
    const record = accessRecord(connection, finished)
    this.#options.record(record, connection.headerFault)
    if (!connection.wasAdmissionAsked) return record
    try {
      connection.surroundings.policies.released(connection.clientFacts(finished.at), record)
    } catch (error) {
      this.#options.notice({ level: 'error', message: `connection ${connection.id}: ${textOf(error)}` })
    }
    return record
  }

  #find(target: CutTarget): readonly Entry[] {
    switch (target.kind) {
      case 'connection': {
        const entry = this.#entries.get(target.id)
        return entry === undefined ? [] : [entry]
      }
      case 'client':
        return this.#byClient.find(target.address)
      case 'player':
        return this.#byPlayer.find(target.name.toLowerCase())
      case 'matching':
        return this.#entries.values().filter((entry) => target.matches(this.#view(entry)))
    }
  }

  #view({ connection }: Entry): LiveConnection {
    return liveConnection(connection, this.#transport?.counters(connection.id))
  }

  #now(): number {
    return this.#transport?.now() ?? 0
  }
}

/** At most this many refusals at once, or this share of `max_connections` where that is more. */
const MIN_REFUSALS = 64
const REFUSALS_SHARE = 0.1

/** For a name that no configuration ever had: nobody comes in this way. */
function closedListener(name: string): Listener {
  return asListener({
    name,
    host: '',
    port: 0,
    proxyProtocol: { mode: 'required', trusted: [], timeoutMs: 0, maxHeaderBytes: 0, versions: [] },
  })
}

function byAccept({ connection: a }: Entry, { connection: b }: Entry): number {
  return a.acceptedAt - b.acceptedAt || a.id - b.id
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
