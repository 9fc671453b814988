import type { AccessRecord, Gateway, Server, ServerDiff } from '@infrarust/core'
import type { EventHub } from '../events/event-hub.ts'
import { isSession } from '../proxy/sessions.ts'
import type { Part } from './part.ts'

export interface UnreachedServerOptions {
  readonly gateway: Pick<Gateway, 'live'>
  readonly events: EventHub
  /** The clock of the transport, which connections are accepted by. */
  readonly now: () => number
}

/** How often the sessions are looked through, while there is a server that nobody got to. */
const LOOK_MS = 1_000

/**
 * Tells the event of a server that a player could not get to, and the one of the session that stands there again. List pings
 * say nothing here: a server may answer none and be played on. Of a server that the proxy starts and stops its phase is told.
 */
export class UnreachedServers implements Part {
  readonly #gateway: Pick<Gateway, 'live'>
  readonly #events: EventHub
  readonly #now: () => number
  /** Of each such server when it was dialled in vain last. */
  readonly #unreached = new Map<string, number>()
  #told: ReadonlySet<string> = new Set()
  #looking: NodeJS.Timeout | undefined

  constructor({ gateway, events, now }: UnreachedServerOptions) {
    this.#gateway = gateway
    this.#events = events
    this.#now = now
  }

  useServers(servers: readonly Server[], { removed }: ServerDiff): void {
    this.#told = new Set(servers.filter(({ serverManager }) => serverManager === undefined).map(({ id }) => id))
    for (const { id } of removed) this.#unreached.delete(id)
  }

  record({ server, reason, player, ms }: AccessRecord): void {
    if (player === undefined || server === undefined || !this.#told.has(server)) return
    if (ms.relay !== undefined) this.#isReached(server, this.#now() - ms.total)
    if (reason !== 'server_down') return
    if (!this.#unreached.has(server)) this.#tell(server, 'online', 'down')
    this.#unreached.set(server, this.#now())
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
    const lastAt = this.#unreached.get(server)
    // A session of before may outlive what the server listens on.
    if (lastAt === undefined || acceptedAt < lastAt) return
    this.#unreached.delete(server)
    this.#tell(server, 'down', 'online')
  }

  #tell(server: string, before: string, after: string): void {
    this.#events.emit('server.state_change', (at) => ({ kind: 'server.state_change', at, server, before, after }))
  }
}
