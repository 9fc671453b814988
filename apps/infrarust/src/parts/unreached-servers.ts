import type { AccessRecord, Gateway, Server, ServerDiff } from '@infrarust/core'
import type { EventHub } from '../events/event-hub.ts'
import { isSession } from '../proxy/sessions.ts'
import type { Part } from './part.ts'

/** A server that players could not get to since a session stood there. */
export interface UnreachedServer {
  readonly server: string
  /** Logins in vain. */
  readonly count: number
  /** Of the last one, epoch milliseconds. */
  readonly lastAt: number
}

export interface UnreachedServerOptions {
  readonly gateway: Pick<Gateway, 'live'>
  readonly events: EventHub
  /** The clock of the transport, which connections are accepted by. */
  readonly now: () => number
}

/** How often the sessions are looked through, while there is a server that nobody got to. */
const LOOK_MS = 5_000

/**
 * Knows the servers that players cannot get to, and tells the event of the first who could not, and of the session that stands
 * there again. List pings say nothing here: a server may answer none and be played on. Of a server that the proxy starts and
 * stops its phase is the event. Kept while somebody wants such events, which is always so with `[web]`.
 */
export class UnreachedServers implements Part {
  readonly #gateway: Pick<Gateway, 'live'>
  readonly #events: EventHub
  readonly #now: () => number
  readonly #unreached = new Map<string, UnreachedServer & { readonly dialledAt: number }>()
  #servers: ReadonlyMap<string, Server> = new Map()
  #looking: NodeJS.Timeout | undefined

  constructor({ gateway, events, now }: UnreachedServerOptions) {
    this.#gateway = gateway
    this.#events = events
    this.#now = now
  }

  /** Those of this moment. */
  get all(): readonly UnreachedServer[] {
    return [...this.#unreached.values()]
  }

  useServers(servers: readonly Server[], { removed }: ServerDiff): void {
    this.#servers = new Map(servers.map((server) => [server.id, server]))
    for (const { id } of removed) this.#unreached.delete(id)
  }

  record({ server, reason, player, ms }: AccessRecord): void {
    if (player === undefined || server === undefined || !this.#events.wants('server.state_change')) return
    if (ms.relay !== undefined) this.#isReached(server, this.#now() - ms.total)
    if (reason !== 'server_down' || !this.#servers.has(server)) return
    const known = this.#unreached.get(server)
    if (known === undefined) this.#tell(server, 'online', 'down')
    const count = (known?.count ?? 0) + 1
    this.#unreached.set(server, { server, count, lastAt: Date.now(), dialledAt: this.#now() })
    this.#looking ??= setInterval(() => this.#look(), LOOK_MS).unref()
  }

  stop(): void {
    clearInterval(this.#looking)
  }

  #look(): void {
    for (const connection of this.#gateway.live())
      if (connection.server !== undefined && isSession(connection))
        this.#isReached(connection.server, connection.acceptedAt)
    if (this.#unreached.size > 0) return
    clearInterval(this.#looking)
    this.#looking = undefined
  }

  /** By a player who was accepted then. */
  #isReached(server: string, acceptedAt: number): void {
    const known = this.#unreached.get(server)
    // A session of before may outlive what the server listens on.
    if (known === undefined || acceptedAt < known.dialledAt) return
    this.#unreached.delete(server)
    this.#tell(server, 'down', 'online')
  }

  #tell(server: string, before: string, after: string): void {
    if (this.#servers.get(server)?.serverManager !== undefined) return
    this.#events.emit('server.state_change', (at) => ({ kind: 'server.state_change', at, server, before, after }))
  }
}
