import type { GatewayChange } from '@infrarust/config-file'
import {
  type AccessRecord,
  type Gateway,
  type LiveConnection,
  reasonRow,
  type Server,
  type ServerDiff,
  type TraceStep,
} from '@infrarust/core'
import { type BanStore, banJson } from '@infrarust/core/ban-store'
import type { EventHub } from '../events/event-hub.ts'
import type { EventKind } from '../events/event-kinds.ts'
import { isSession } from '../proxy/sessions.ts'
import type { Part } from './part.ts'
import type { Reloaded } from './reloads.ts'

export interface EventSourceOptions {
  readonly events: EventHub
  readonly gateway: Pick<Gateway, 'trace'>
  readonly bans: Pick<BanStore, 'onChange'>
}

/** Those about one connection. */
const CONNECTION_KINDS: readonly EventKind[] = [
  'connection.opened',
  'connection.refused',
  'connection.closed',
  'player.join',
  'player.leave',
  'header.mismatch',
]

/**
 * Tells the events of what happens. Connections are looked at only while somebody wants to be told of them: without a
 * subscriber they pay nothing for it.
 */
export class EventSources implements Part {
  readonly #events: EventHub
  readonly #gateway: Pick<Gateway, 'trace'>
  #endTrace: (() => void) | undefined
  /** Whether `infrarust.toml` was told of since somebody asked for a reload. */
  #hasToldConfig = false

  constructor({ events, gateway, bans }: EventSourceOptions) {
    this.#events = events
    this.#gateway = gateway
    events.onSubscribers(() => this.#watch())
    bans.onChange(({ added, removed }) => {
      for (const ban of added) events.emit('ban.created', (at) => ({ kind: 'ban.created', at, ...banJson(ban) }))
      for (const { target } of removed) events.emit('ban.removed', (at) => ({ kind: 'ban.removed', at, target }))
    })
  }

  readConfig(change: GatewayChange): void {
    this.#hasToldConfig = true
    this.#events.emit('config.reload', (at) =>
      change.kind === 'refused'
        ? { kind: 'config.reload', at, ok: false, changes: [], problems: change.problems }
        : { kind: 'config.reload', at, ok: true, changes: change.changes, problems: [] },
    )
  }

  /**
   * Somebody asks for a reload, which is told also where `infrarust.toml` says nothing new.
   *
   * @param read does it
   */
  async reloading(read: () => Promise<Reloaded>): Promise<Reloaded> {
    this.#hasToldConfig = false
    const reloaded = await read()
    const { changes, problems } = reloaded
    if (!this.#hasToldConfig)
      this.#events.emit('config.reload', (at) => ({
        kind: 'config.reload',
        at,
        ok: problems.length === 0,
        changes,
        problems,
      }))
    return reloaded
  }

  useServers(_: readonly Server[], { added, changed, removed }: ServerDiff): void {
    const tell = (server: string, before: string | null, after: string | null): void =>
      this.#events.emit('server.state_change', (at) => ({ kind: 'server.state_change', at, server, before, after }))
    for (const { id, state } of added) tell(id, null, state)
    for (const { before, after } of changed) if (before.state !== after.state) tell(after.id, before.state, after.state)
    for (const { id, state } of removed) tell(id, state, null)
  }

  stop(): void {
    this.#endTrace?.()
  }

  #watch(): void {
    const wantsConnections = CONNECTION_KINDS.some((kind) => this.#events.wants(kind))
    if (!wantsConnections) {
      this.#endTrace?.()
      this.#endTrace = undefined
    } else this.#endTrace ??= this.#gateway.trace((step) => this.#tellStep(step))
  }

  #tellStep({ input, from, connection, headerFault, record }: TraceStep): void {
    const events = this.#events
    if (input.kind === 'accepted')
      events.emit('connection.opened', (at) => ({ kind: 'connection.opened', at, ...fields(connection) }))
    if (from !== 'relaying' && connection.state === 'relaying' && isSession(connection))
      events.emit('player.join', (at) => ({ kind: 'player.join', at, ...fields(connection) }))
    if (record === undefined) return
    if (headerFault !== undefined)
      events.emit('header.mismatch', (at) => ({
        kind: 'header.mismatch',
        at,
        ...fields(connection),
        fault: headerFault,
      }))
    const wasRelayed = record.ms.relay !== undefined
    const isRefusal = !wasRelayed && reasonRow(record.reason).isRefusal
    const end = isRefusal ? 'connection.refused' : 'connection.closed'
    events.emit(end, (at) => ({
      kind: end,
      at,
      ...ended(connection, record),
    }))
    const isPlayer = record.intent === 'login' || record.intent === 'transfer' || record.intent === 'legacy_login'
    if (wasRelayed && isPlayer)
      events.emit('player.leave', (at) => ({
        kind: 'player.leave',
        at,
        ...ended(connection, record),
        cause: causeOf(record.reason),
      }))
  }
}

function fields({ number, listener, client, peer, intent, player, server, endpoint }: LiveConnection) {
  return {
    id: number,
    listener,
    client: client.address,
    peer: peer.address,
    ...(intent !== undefined && { intent: intent.intent }),
    ...(intent?.domain !== undefined && { domain: intent.domain }),
    ...(player !== undefined && { player: player.name }),
    ...(server !== undefined && { server }),
    ...(endpoint !== undefined && { endpoint }),
  }
}

/** What the events about the end of a connection have beside what is known of it. */
export function endOf({ reason, bytes_in, bytes_out, ms }: AccessRecord) {
  return { reason, bytes_in, bytes_out, duration_ms: Math.round(ms.total) }
}

function ended(connection: LiveConnection, record: AccessRecord) {
  return { ...fields(connection), ...endOf(record) }
}

/** In the words of the Rust product. */
function causeOf(reason: AccessRecord['reason']): string {
  switch (reason) {
    case 'client_closed':
    case 'client_reset':
      return 'client_quit'
    case 'server_closed':
    case 'server_reset':
      return 'backend_closed'
    case 'kicked':
    case 'banned':
    case 'maintenance':
      return 'kicked'
    case 'shutdown':
      return 'shutdown'
    default:
      return 'error'
  }
}
