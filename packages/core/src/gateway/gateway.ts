import { Connection } from '../connection/connection.ts'
import type { ConnectionContext, ConnectionSettings, ListenerRules } from '../connection/context.ts'
import { arrived, judgedPlayer, serverOf } from '../connection/facts.ts'
import type { ConnectionInput } from '../connection/input.ts'
import type { Logins } from '../connection/logins.ts'
import { RefusalBudget } from '../connection/refusal-budget.ts'
import type { StateName } from '../connection/state.ts'
import { StatusResponses } from '../connection/status-responses.ts'
import { encodeSentHeader } from '../connection/steps/sent-header.ts'
import type { ListenerConfig } from '../gateway-config/gateway-config.ts'
import { DialsUnderWay } from '../loop/dials-under-way.ts'
import type { Messages } from '../messages/messages.ts'
import { EndpointMemory, type SlowEndpoint } from '../names/endpoint-memory.ts'
import type { EndpointSource } from '../names/endpoint-source.ts'
import { PolicyChain } from '../policy/chain.ts'
import type { Refusal } from '../policy/facts.ts'
import type { ManagedServers } from '../power/managed-servers.ts'
import type { ReceivedProxyProtocol } from '../proxy-header/proxy-protocol-keys.ts'
import { NO_TRUSTED_PEERS, type TrustedPeers } from '../proxy-header/trusted-peers.ts'
import type { AccessRecord } from '../record/access-record.ts'
import type { Notice } from '../record/notice.ts'
import type { Reason } from '../record/reasons.ts'
import type { Routes } from '../router/routes.ts'
import { UnknownNames } from '../router/unknown-names.ts'
import type { Server } from '../server/server.ts'
import type { ServerPolicy } from '../server/server-policy.ts'
import type { StatusSource } from '../status/status-source.ts'
import { foldName } from '../text/player-name.ts'
import { ConnectionMap } from '../transport/connection-map.ts'
import type {
  Close,
  ConnectionHandler,
  ConnectionId,
  Decision,
  Transport,
  TransportInput,
} from '../transport/contract.ts'
import { AgeList } from './age-list.ts'
import { asListener } from './listener.ts'
import { type LiveConnection, liveConnection } from './live-connection.ts'
import { OpenConnection } from './open-connection.ts'
import { recordOf } from './record-of.ts'
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
  readonly policies: readonly ServerPolicy[]
  readonly messages: Messages
  readonly statuses: StatusSource
  /** Left out where no server has a mode that takes part in logins. */
  readonly logins?: Logins | undefined
  /** Left out where no server is started and stopped here. */
  readonly managed?: ManagedServers | undefined
}

/** What a gateway is made of. */
export interface GatewayOptions {
  readonly settings: GatewaySettings
  readonly routes: Routes
  readonly endpoints: EndpointSource
  /** For names and files of `trusted`; left out: they stand for nobody. */
  readonly trusted?: TrustedPeers
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
  /** With dashes, in lower case. Only who was verified has one. */
  | { readonly kind: 'uuid'; readonly uuid: string }
  /** For networks, and for what else there may be. */
  | { readonly kind: 'matching'; readonly matches: (connection: LiveConnection) => boolean }

/** Whose connection it is, as far as that is known. */
export type Who = Pick<LiveConnection, 'id' | 'client' | 'player'>

/** All connections: the handler behind a transport. It holds them, counts them, finds them, and ends in their records. */
export class Gateway implements ConnectionHandler {
  readonly #options: GatewayOptions
  readonly #entries = new ConnectionMap<OpenConnection>()
  readonly #waiting = new AgeList<OpenConnection>()
  readonly #waitingClients: WaitingClients<OpenConnection>
  readonly #dials = new DialsUnderWay()
  readonly #endpointMemory = new EndpointMemory()
  readonly #unknownNames = new UnknownNames()
  readonly #statusResponses = new StatusResponses()
  readonly #noticed = new SeldomNotices()
  readonly #listeners = new Map<string, ListenerRules>()
  readonly #uniqueId: (id: ConnectionId) => Uint8Array
  readonly #tracers = new Set<Tracer>()
  #context: ConnectionContext
  #maxConnections: number
  #counted = 0
  /** Since the start. */
  #accepted = 0
  readonly #refusals: RefusalBudget
  #isDraining = false
  #transport: Pick<Transport, 'now' | 'decide' | 'counters'> | undefined

  constructor(options: GatewayOptions) {
    this.#options = options
    this.#uniqueId = options.uniqueId ?? uniqueIds()
    this.#refusals = new RefusalBudget(options.settings.maxConnections)
    this.#context = this.#use(options.settings)
    this.#maxConnections = options.settings.maxConnections
    this.#waitingClients = new WaitingClients(options.settings.pendingLimits)
  }

  /** The transport whose connections these are; before the first of them. */
  attach(transport: Pick<Transport, 'now' | 'decide' | 'counters'>): void {
    this.#transport = transport
  }

  reconfigure(settings: GatewaySettings): void {
    this.#context = this.#use(settings)
    this.#maxConnections = settings.maxConnections
    this.#refusals.configure(settings.maxConnections)
    this.#waitingClients.use(settings.pendingLimits)
  }

  input(id: ConnectionId, input: TransportInput): Decision | undefined {
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
    if (target.kind !== 'connection')
      return this.#cutEach((entry) => (this.#isMeant(entry, target) ? refusal : undefined))
    const entry = this.#entries.get(target.id)
    return entry !== undefined && this.#cutOne(entry, refusal) ? 1 : 0
  }

  /**
   * The same for each connection that there is a refusal for: one look at all, however many bans there are. Nothing is kept
   * for the sake of that look, since every login would pay for it, and bans are few.
   *
   * @returns how many there were
   */
  cutEach(refusalFor: (who: Who) => Refusal | undefined): number {
    return this.#cutEach(({ connection: { facts } }) => {
      const player = judgedPlayer(facts)
      return refusalFor(player === facts.player ? facts : { id: facts.id, client: facts.client, player })
    })
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
   * The PROXY header that the server of a connection was sent, encoded once more: nothing is kept of it. Undefined where no
   * server was dialled, where it wants none, and once the connection is over.
   */
  sentHeader(id: ConnectionId): Uint8Array | undefined {
    const facts = this.#entries.get(id)?.connection.facts
    const server = facts && serverOf(facts)
    if (facts?.endpoint === undefined || server === undefined || server.sendProxyProtocol === false) return undefined
    return encodeSentHeader(this.#context, facts, server)
  }

  /** A server has answered: its addresses are dialled first again that were left for last. */
  cameUp(server: Server): void {
    const found = this.#options.endpoints.of(server)
    if (found.kind === 'ready') for (const endpoint of found.endpoints) this.#endpointMemory.answered(endpoint)
  }

  /** The addresses of servers that did not answer a connect, and are dialled behind the others for a while. */
  slowEndpoints(): readonly SlowEndpoint[] {
    return this.#endpointMemory.slow(this.#now())
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

  #use(settings: GatewaySettings): ConnectionContext {
    const { routes, endpoints, notice, trusted = NO_TRUSTED_PEERS } = this.#options
    // A listener that is gone from the configuration may still hand over what it has accepted.
    for (const listener of settings.listeners) this.#listeners.set(listener.name, asListener(listener, trusted))
    return {
      settings,
      policies: new PolicyChain(settings.policies),
      messages: settings.messages,
      statuses: settings.statuses,
      statusResponses: this.#statusResponses,
      routes,
      endpoints,
      refusals: this.#refusals,
      logins: settings.logins,
      managed: settings.managed,
      uniqueId: this.#uniqueId,
      notice,
      dials: this.#dials,
      endpointMemory: this.#endpointMemory,
      unknownNames: this.#unknownNames,
      noticeSeldom: (key, againMs, text) => {
        if (this.#noticed.isDue(key, this.#now(), againMs)) notice(text)
      },
    }
  }

  #accept(id: ConnectionId, accepted: Extract<TransportInput, { kind: 'accepted' }>): Decision | undefined {
    const listener = this.#listeners.get(accepted.listener) ?? closedListener(accepted.listener)
    const entry = new OpenConnection(new Connection(arrived(id, accepted, listener), this.#context), ++this.#accepted)
    this.#entries.set(id, entry)
    // First: a client that has its fill makes room for itself, and for nobody else's loss.
    this.#countWaiting(entry, accepted.at)
    const overCapacity = this.#roomFor(accepted.at)
    if (overCapacity !== undefined) return this.#feed(entry, { ...accepted, overCapacity })
    entry.isCounted = true
    this.#counted++
    entry.waiting = this.#waiting.add(entry)
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
  #displace(entry: OpenConnection, reason: Reason, at: number): void {
    this.#drive(entry, { kind: 'cut', at, how: 'reset', reason })
  }

  /** Counts it among those of its client that have not said all they have to say; of too many the oldest goes. */
  #countWaiting(entry: OpenConnection, at: number): void {
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

  #uncountWaiting(entry: OpenConnection): void {
    if (entry.waitingOfClient !== undefined) this.#waitingClients.remove(entry.waitingOfClient)
    entry.waitingOfClient = undefined
  }

  /** Feeds an input that no transport has asked about, and hands over the decision. */
  #drive(entry: OpenConnection, input: ConnectionInput): void {
    const decision = this.#feed(entry, input)
    if (decision !== undefined) this.#transport?.decide(entry.connection.facts.id, decision)
  }

  #feed(entry: OpenConnection, input: ConnectionInput): Decision | undefined {
    if (this.#tracers.size > 0) return this.#feedTraced(entry, input)
    const decided = this.#decided(entry, this.#step(entry, input, undefined), input.at)
    if (input.kind === 'finished') this.#finish(entry, input)
    return decided
  }

  #feedTraced(entry: OpenConnection, input: ConnectionInput): Decision | undefined {
    const { connection } = entry
    const from = connection.state
    const visited: StateName[] = []
    const decision = this.#decided(entry, this.#step(entry, input, visited), input.at)
    const record = input.kind === 'finished' ? this.#finish(entry, input) : undefined
    const { headerFault, detail } = connection
    const reason = record?.reason ?? connection.reason
    const step = { connection: this.#view(entry), input, from, visited, decision, headerFault, detail, reason, record }
    for (const tracer of this.#tracers) tracer(step)
    return decision
  }

  #step(
    { connection, number }: OpenConnection,
    input: ConnectionInput,
    visited: StateName[] | undefined,
  ): Decision | undefined {
    try {
      return connection.input(input, visited)
    } catch (error) {
      // A fault of ours or of somebody's policy, and no peer's: it costs this connection, and no other.
      this.#options.notice({ level: 'error', message: `connection ${number}: ${textOf(error)}` })
      return connection.input({ kind: 'cut', at: input.at, how: 'reset', reason: 'internal' }, visited)
    }
  }

  /** Brings the table up to date with what the connection has become. */
  #decided(entry: OpenConnection, decision: Decision | undefined, at: number): Decision | undefined {
    const { connection } = entry
    const { isClosed, facts } = connection
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
    this.#followWait(entry)
    // What has reached a server is closed in order: its last bytes may be on their way.
    return decision?.kind === 'close' && facts.endpoint === undefined ? this.#briefly(decision) : decision
  }

  /** Closing in order takes up to a second: beyond the same number as of refusals it is done at once. */
  #briefly(close: Close): Close {
    const closing = this.#entries.size - this.#counted - this.#refusals.taken
    return close.how === 'end' && closing > this.#refusals.limit ? { ...close, how: 'reset' } : close
  }

  /** Tells a connection when what it has begun to wait for is done. */
  #followWait(entry: OpenConnection): void {
    const { wait } = entry.connection
    if (wait === undefined || wait.number === entry.wait) return
    entry.wait = wait.number
    const settle = (): void => this.#drive(entry, { kind: 'settled', at: this.#now(), wait: wait.number })
    wait.done.then(settle, settle)
  }

  #finish(entry: OpenConnection, finished: Extract<TransportInput, { kind: 'finished' }>): AccessRecord {
    const { connection, number } = entry
    const { id, wasAdmissionAsked } = connection.facts
    this.#entries.delete(id)
    const { end } = finished
    // Where a reason stands, the fault is that an answer of ours has crossed a relay that had just begun to stand.
    if (end.how === 'error' && connection.reason === undefined) {
      this.#options.notice({ level: 'error', message: `connection ${number}: ${end.message}` })
    }
    const record = recordOf(connection, finished)
    this.#options.record(record, connection.headerFault)
    if (!wasAdmissionAsked) return record
    try {
      connection.released(record)
    } catch (error) {
      this.#options.notice({ level: 'error', message: `connection ${number}: ${textOf(error)}` })
    }
    return record
  }

  #cutEach(refusalFor: (entry: OpenConnection) => Refusal | undefined): number {
    let cut = 0
    for (const entry of this.#entries.values()) {
      const refusal = refusalFor(entry)
      if (refusal !== undefined && this.#cutOne(entry, refusal)) cut++
    }
    return cut
  }

  #cutOne(entry: OpenConnection, refusal: Refusal): boolean {
    if (entry.connection.isClosed) return false
    this.#drive(entry, { ...refusal, kind: 'cut', at: this.#now(), how: 'in-order' })
    return true
  }

  #isMeant(entry: OpenConnection, target: Exclude<CutTarget, { kind: 'connection' }>): boolean {
    const { client, player } = entry.connection.facts
    switch (target.kind) {
      case 'client':
        return client.address === target.address
      case 'player':
        return player !== undefined && foldName(player.name) === foldName(target.name)
      case 'uuid':
        return player?.verified?.uuid === target.uuid
      case 'matching':
        return target.matches(this.#view(entry))
    }
  }

  #view(entry: OpenConnection): LiveConnection {
    return liveConnection(entry, this.#transport?.counters(entry.connection.facts.id))
  }

  #now(): number {
    return this.#transport?.now() ?? 0
  }
}

/** For a name that no configuration ever had: nobody comes in this way. */
function closedListener(name: string): ListenerRules {
  const proxyProtocol: ReceivedProxyProtocol = {
    mode: 'required',
    trusted: [],
    trustedFile: undefined,
    timeoutMs: 0,
    maxHeaderBytes: 0,
    versions: [],
  }
  return asListener({ name, host: '', port: 0, proxyProtocol }, NO_TRUSTED_PEERS)
}

function byAccept(a: OpenConnection, b: OpenConnection): number {
  return a.connection.facts.acceptedAt - b.connection.facts.acceptedAt || a.number - b.number
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
