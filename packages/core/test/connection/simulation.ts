import type { SocketAddress } from '../../src/addresses/socket-address.ts'
import { Gateway, type GatewaySettings } from '../../src/gateway/gateway.ts'
import type { AccessRecord } from '../../src/record/access-record.ts'
import type { Notice } from '../../src/record/notice.ts'
import type {
  AttemptFailure,
  ConnectionId,
  Decision,
  End,
  Parley,
  Relay,
  TransportInput,
} from '../../src/transport/contract.ts'
import { type Setting, settings } from '../gateway/fixtures.ts'

export const PEER = { address: '192.0.2.10', port: 40_000 }
export const LOCAL = { address: '192.0.2.1', port: 25_565 }

/** A transport without sockets: time is a field, and every event is a call. It keeps the rules of the contract. */
export class Simulation {
  now = 1_000
  readonly gateway: Gateway
  readonly records: AccessRecord[] = []
  readonly notices: Notice[] = []
  readonly settings: GatewaySettings
  readonly clients = new Map<ConnectionId, SimulatedClient>()
  #lastId = 0

  constructor(
    setting: Setting & {
      readonly changes?: Partial<GatewaySettings>
      readonly surroundings?: object
      readonly uniqueId?: (id: ConnectionId) => Uint8Array
    },
  ) {
    const { gatewayOptions } = settings(setting)
    this.settings = { ...gatewayOptions.settings, ...setting.changes }
    this.gateway = new Gateway({
      ...gatewayOptions,
      ...setting.surroundings,
      settings: this.settings,
      uniqueId: setting.uniqueId ?? ((id) => Uint8Array.of(id)),
      record: (record) => this.records.push(record),
      notice: (notice) => this.notices.push(notice),
    })
    this.gateway.attach({
      now: () => this.now,
      decide: (id, decision) => this.clients.get(id)?.take(decision),
      counters: () => ({ bytesIn: 1, bytesOut: 2 }),
    })
  }

  accept(peer: SocketAddress = PEER, local: SocketAddress = LOCAL): SimulatedClient {
    const client = new SimulatedClient(this, ++this.#lastId)
    this.clients.set(client.id, client)
    client.feed({ kind: 'accepted', at: this.now, listener: 'main', peer, local })
    return client
  }

  /** Moves the clock and tells the deadlines that have passed, oldest first. */
  advance(ms: number): void {
    const end = this.now + ms
    for (;;) {
      const due = [...this.clients.values()]
        .filter((client) => client.deadlineAt <= end)
        .sort((a, b) => a.deadlineAt - b.deadlineAt)[0]
      if (due === undefined) break
      this.now = Math.max(this.now, due.deadlineAt)
      due.passDeadline()
    }
    this.now = end
  }

  get errors(): readonly string[] {
    return this.notices.map(({ message }) => message)
  }
}

/** One connection as its transport and its client see it. */
export class SimulatedClient {
  readonly id: ConnectionId
  /** What the client has received. */
  received = Buffer.alloc(0)
  /** The decision in force. */
  decision: Decision | undefined
  record: AccessRecord | undefined
  isFinished = false
  wasReset = false
  readonly #simulation: Simulation
  #unread = Buffer.alloc(0)
  #shown = 0
  #bytesIn = 0
  #isDeadlineOver = false
  #isStanding = false
  /** What the backend has received of a parley and behind it, its head not included. */
  toServer = Buffer.alloc(0)
  /** The secret, and how many bytes the client had received in plain by then. */
  cipher: { readonly secret: Buffer; readonly plainBytes: number } | undefined
  #fromServer = Buffer.alloc(0)
  #shownFromServer = 0
  #isParleying = false
  #serverEnd: 'fin' | 'reset' | undefined

  constructor(simulation: Simulation, id: ConnectionId) {
    this.#simulation = simulation
    this.id = id
  }

  get deadlineAt(): number {
    const { decision } = this
    if (decision === undefined || this.isFinished || this.#isDeadlineOver || this.#isStanding) return Infinity
    if (decision.kind === 'respond') return decision.then.kind === 'await' ? decision.then.deadlineAt : Infinity
    return 'deadlineAt' in decision ? decision.deadlineAt : Infinity
  }

  send(...parts: readonly Uint8Array[]): this {
    const bytes = Buffer.concat(parts)
    this.#bytesIn += bytes.length
    this.#unread = Buffer.concat([this.#unread, bytes])
    this.#show()
    return this
  }

  /** One byte after the other. */
  trickle(...parts: readonly Uint8Array[]): this {
    for (const byte of Buffer.concat(parts)) this.send(Uint8Array.of(byte))
    return this
  }

  end(how: 'fin' | 'reset' = 'fin'): this {
    this.feed({ kind: 'ended', at: this.#simulation.now, how })
    if (how === 'reset') this.finish({ by: 'client', how: 'reset' })
    return this
  }

  passDeadline(): void {
    this.#isDeadlineOver = true
    this.feed({ kind: 'deadline', at: this.#simulation.now, decision: this.decision?.seq ?? 0 })
  }

  get relay(): Relay {
    if (this.decision?.kind !== 'relay') throw new Error(`no relay but ${this.decision?.kind}`)
    return this.decision
  }

  /** What the backend of the first attempt of a parley got first. */
  head0: Buffer = Buffer.alloc(0)

  /** What the backend of this attempt gets first. */
  head(attempt = 0): Buffer {
    const head = this.relay.attempts[attempt]?.head
    if (head === undefined) throw new Error('no such attempt')
    return Buffer.from(head)
  }

  dialled(attempt = 0, failures: readonly AttemptFailure[] = []): this {
    this.#isParleying = this.relay.parley === true
    this.head0 = this.head()
    this.#isStanding = !this.#isParleying
    if (this.#isStanding) this.#unread = Buffer.alloc(0)
    const decision = this.relay.seq
    this.feed({ kind: 'dialled', at: this.#simulation.now, decision, attempt, connectMs: 1, failures })
    return this
  }

  /** Of a parley: before it began, or in the middle of it. */
  serverSends(...parts: readonly Uint8Array[]): this {
    if (this.#isStanding) this.received = Buffer.concat([this.received, ...parts])
    else this.#fromServer = Buffer.concat([this.#fromServer, ...parts])
    this.#showFromServer()
    return this
  }

  serverEnds(how: 'fin' | 'reset' = 'fin'): this {
    this.#serverEnd = how
    this.#showFromServer()
    return this
  }

  get isRelaying(): boolean {
    return this.#isStanding && !this.isFinished
  }

  dialFailed(failures: readonly AttemptFailure[] = this.#refused()): this {
    const { seq } = this.relay
    this.feed({ kind: 'dial-failed', at: this.#simulation.now, decision: seq, failures })
    return this
  }

  #refused(): readonly AttemptFailure[] {
    return this.relay.attempts.map((_, attempt) => ({ attempt, cause: 'refused', message: 'ECONNREFUSED' }))
  }

  finish(end: End, bytesOut = this.received.length): this {
    if (this.isFinished) return this
    this.isFinished = true
    this.feed({ kind: 'finished', at: this.#simulation.now, bytesIn: this.#bytesIn, bytesOut, end })
    this.record = this.#simulation.records.at(-1)
    return this
  }

  /** Any input, as it is. */
  feed(input: TransportInput): void {
    const decision = this.#simulation.gateway.input(this.id, input)
    if (decision !== undefined) this.take(decision)
  }

  take(decision: Decision): void {
    if (this.isFinished) return
    if (decision.seq !== (this.decision?.seq ?? 0) + 1) throw new Error(`decision ${decision.seq} out of order`)
    if (decision.consumed > this.#shown) throw new Error('consumes what was not shown')
    this.decision = decision
    this.#isDeadlineOver = false
    this.#unread = this.#unread.subarray(decision.consumed)
    this.#shown = decision.consumed > 0 ? 0 : this.#shown
    const isLast = decision.kind === 'close' || (decision.kind === 'respond' && decision.then.kind === 'close')
    if (this.#isStanding && decision.kind !== 'close') throw new Error(`${decision.kind} while relaying`)
    if (this.#isParleying && decision.kind !== 'parley' && !isLast) throw new Error(`${decision.kind} in a parley`)
    if ('cipher' in decision && decision.cipher !== undefined) this.#startCipher(decision.cipher)
    switch (decision.kind) {
      case 'await':
        this.#show()
        return
      case 'respond':
        this.received = Buffer.concat([this.received, decision.bytes])
        if (decision.then.kind === 'await') this.#show()
        else this.finish({ by: 'gateway', how: 'closed' })
        return
      case 'parley':
        this.#parley(decision)
        return
      case 'close':
        this.wasReset = decision.how === 'reset'
        this.finish({ by: 'gateway', how: 'closed' })
        return
      default:
        return
    }
  }

  #startCipher(secret: Uint8Array): void {
    if (this.cipher !== undefined || secret.length !== 16)
      throw new Error('no second cipher, and none of another length')
    this.cipher = { secret: Buffer.from(secret), plainBytes: this.received.length }
    // It comes again, decrypted.
    this.#shown = 0
  }

  #parley(decision: Parley): void {
    if (!this.#isParleying) throw new Error('a parley with nobody')
    if (decision.consumedFromServer > this.#shownFromServer)
      throw new Error('consumes what the server was not shown for')
    this.#fromServer = this.#fromServer.subarray(decision.consumedFromServer)
    if (decision.consumedFromServer > 0) this.#shownFromServer = 0
    this.received = Buffer.concat([this.received, decision.toClient])
    this.toServer = Buffer.concat([this.toServer, decision.toServer])
    if (decision.then === 'parley') {
      this.#show()
      this.#showFromServer()
      return
    }
    this.#isParleying = false
    this.#isStanding = true
    this.received = Buffer.concat([this.received, this.#fromServer])
    this.toServer = Buffer.concat([this.toServer, this.#unread])
  }

  #showFromServer(): void {
    const { decision } = this
    if (!this.#isParleying || decision?.kind !== 'parley' || this.isFinished) return
    const now = this.#simulation.now
    if (this.#fromServer.length > this.#shownFromServer && this.#shownFromServer < decision.maxServerBytes) {
      const view = Uint8Array.from(this.#fromServer.subarray(0, decision.maxServerBytes))
      this.#shownFromServer = view.length
      const decided = this.#simulation.gateway.input(this.id, { kind: 'server-bytes', at: now, bytes: view })
      view.fill(0xee)
      if (decided === undefined) this.#showFromServer()
      else this.take(decided)
    } else if (this.#serverEnd !== undefined && this.#shownFromServer === this.#fromServer.length) {
      const how = this.#serverEnd
      this.#serverEnd = undefined
      this.feed({ kind: 'server-ended', at: now, how })
    }
  }

  #show(): void {
    const { decision } = this
    const maxBytes = maxBytesOf(decision)
    if (this.isFinished || this.#isStanding || this.#unread.length <= this.#shown || this.#shown >= maxBytes) return
    // A copy that is overwritten afterwards: the view is valid until the handler returns, and no longer.
    const view = Uint8Array.from(this.#unread.subarray(0, maxBytes))
    this.#shown = view.length
    const decided = this.#simulation.gateway.input(this.id, { kind: 'bytes', at: this.#simulation.now, bytes: view })
    view.fill(0xee)
    if (decided !== undefined) this.take(decided)
  }
}

/** How many unconsumed bytes of the client it wants to be shown. */
function maxBytesOf(decision: Decision | undefined): number {
  if (decision?.kind === 'await') return decision.maxBytes
  if (decision?.kind === 'parley') return decision.then === 'parley' ? decision.maxBytes : 0
  return decision?.kind === 'respond' && decision.then.kind === 'await' ? decision.then.maxBytes : 0
}
