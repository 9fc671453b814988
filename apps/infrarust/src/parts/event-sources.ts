import { monitorEventLoopDelay } from 'node:perf_hooks'
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
import type { EventKind } from '../events/proxy-event.ts'
import { isSession } from '../proxy/sessions.ts'
import type { Part } from './part.ts'

export interface EventSourceOptions {
  readonly events: EventHub
  readonly gateway: Pick<Gateway, 'live' | 'trace'>
  readonly bans: Pick<BanStore, 'onChange'>
}

const TICK_MS = 5_000
const NANOSECONDS = 1e6

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
  readonly #gateway: Pick<Gateway, 'live' | 'trace'>
  #endTrace: (() => void) | undefined
  #ticking: { readonly timer: NodeJS.Timeout; readonly delay: ReturnType<typeof monitorEventLoopDelay> } | undefined

  constructor({ events, gateway, bans }: EventSourceOptions) {
    this.#events = events
    this.#gateway = gateway
    events.onSubscribers(() => this.#watch())
    bans.onChange(({ added, removed }) => {
      for (const ban of added) events.emit('ban.created', (head) => ({ ...head, ...banJson(ban) }))
      for (const { target } of removed) events.emit('ban.removed', (head) => ({ ...head, target }))
    })
  }

  readConfig(change: GatewayChange): void {
    this.#events.emit('config.reload', (head) =>
      change.kind === 'refused'
        ? { ...head, ok: false, changes: [], problems: change.problems }
        : { ...head, ok: true, changes: change.changes, problems: [] },
    )
  }

  useServers(_: readonly Server[], { added, changed, removed }: ServerDiff): void {
    const tell = (server: string, before: string | null, after: string | null): void =>
      this.#events.emit('server.state_change', (head) => ({ ...head, server, before, after }))
    for (const { id, state } of added) tell(id, null, state)
    for (const { before, after } of changed) if (before.state !== after.state) tell(after.id, before.state, after.state)
    for (const { id, state } of removed) tell(id, state, null)
  }

  stop(): void {
    this.#endTrace?.()
    this.#endTicks()
  }

  #watch(): void {
    const wantsConnections = CONNECTION_KINDS.some((kind) => this.#events.wants(kind))
    if (!wantsConnections) {
      this.#endTrace?.()
      this.#endTrace = undefined
    } else this.#endTrace ??= this.#gateway.trace((step) => this.#tellStep(step))
    if (!this.#events.wants('stats.tick')) this.#endTicks()
    else this.#ticking ??= this.#tick()
  }

  #tellStep({ input, from, connection, headerFault, record }: TraceStep): void {
    const events = this.#events
    if (input.kind === 'accepted') events.emit('connection.opened', (head) => ({ ...head, ...fields(connection) }))
    if (from !== 'relaying' && connection.state === 'relaying' && isSession(connection))
      events.emit('player.join', (head) => ({ ...head, ...fields(connection) }))
    if (record === undefined) return
    if (headerFault !== undefined)
      events.emit('header.mismatch', (head) => ({ ...head, ...fields(connection), fault: headerFault }))
    const wasRelayed = record.ms.relay !== undefined
    const isRefusal = !wasRelayed && reasonRow(record.reason).isRefusal
    events.emit(isRefusal ? 'connection.refused' : 'connection.closed', (head) => ({
      ...head,
      ...ended(connection, record),
    }))
    const isPlayer = record.intent === 'login' || record.intent === 'transfer' || record.intent === 'legacy_login'
    if (wasRelayed && isPlayer)
      events.emit('player.leave', (head) => ({ ...head, ...ended(connection, record), cause: causeOf(record.reason) }))
  }

  #tick(): { readonly timer: NodeJS.Timeout; readonly delay: ReturnType<typeof monitorEventLoopDelay> } {
    const delay = monitorEventLoopDelay({ resolution: 20 })
    delay.enable()
    const timer = setInterval(() => {
      this.#events.emit('stats.tick', (head) => {
        const live = this.#gateway.live()
        return {
          ...head,
          connections: live.length,
          sessions: live.filter(isSession).length,
          event_loop_delay_ms: Math.round(delay.max / NANOSECONDS),
          memory_bytes: process.memoryUsage.rss(),
          uptime_seconds: Math.floor(process.uptime()),
        }
      })
      delay.reset()
    }, TICK_MS).unref()
    return { timer, delay }
  }

  #endTicks(): void {
    clearInterval(this.#ticking?.timer)
    this.#ticking?.delay.disable()
    this.#ticking = undefined
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

function ended(connection: LiveConnection, { reason, bytes_in, bytes_out, ms }: AccessRecord) {
  return { ...fields(connection), reason, bytes_in, bytes_out, duration_ms: Math.round(ms.total) }
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
