import { ConnectionMap } from '../transport/connection-map.ts'
import type { ConnectionId } from '../transport/contract.ts'

/**
 * Who has how many sessions, on which server and in all. As large as there are sessions: a connection is counted once and
 * let go of once, however often it is asked for.
 *
 * The sums are made when somebody first asks for one. Until then, which is for ever where no limit is set, a login pays for
 * no look at its client.
 */
export class SessionCounts {
  readonly #sessions = new ConnectionMap<Session>()
  #clients: Map<string, Client> | undefined

  /** Of this client in all, or on one server. */
  of(client: string, server?: string): number {
    this.#clients ??= sumsOf(this.#sessions.values())
    const known = this.#clients.get(client)
    if (known === undefined || server === undefined) return known?.sessions ?? 0
    return known.servers.find(({ id }) => id === server)?.sessions ?? 0
  }

  add(id: ConnectionId, client: string, server: string | undefined): void {
    if (this.#sessions.get(id) !== undefined) return
    const session = { client, server }
    this.#sessions.set(id, session)
    if (this.#clients !== undefined) count(this.#clients, session)
  }

  remove(id: ConnectionId): void {
    const session = this.#sessions.get(id)
    if (session === undefined) return
    this.#sessions.delete(id)
    if (this.#clients !== undefined) uncount(this.#clients, session)
  }
}

interface Session {
  readonly client: string
  readonly server: string | undefined
}

interface Client {
  sessions: number
  /** Those where it has any: few. */
  servers: readonly OnServer[]
}

interface OnServer {
  readonly id: string
  sessions: number
}

const NO_SERVERS: readonly OnServer[] = []

function sumsOf(sessions: readonly Session[]): Map<string, Client> {
  const clients = new Map<string, Client>()
  for (const session of sessions) count(clients, session)
  return clients
}

function count(clients: Map<string, Client>, session: Session): void {
  let client = clients.get(session.client)
  if (client === undefined) {
    client = { sessions: 0, servers: NO_SERVERS }
    clients.set(session.client, client)
  }
  client.sessions++
  if (session.server !== undefined) countOn(client, session.server)
}

function countOn(client: Client, id: string): void {
  const known = client.servers.find((each) => each.id === id)
  if (known === undefined) client.servers = [...client.servers, { id, sessions: 1 }]
  else known.sessions++
}

function uncount(clients: Map<string, Client>, session: Session): void {
  const client = clients.get(session.client)
  if (client === undefined) return
  if (--client.sessions === 0) {
    clients.delete(session.client)
    return
  }
  const onServer = client.servers.find(({ id }) => id === session.server)
  if (onServer !== undefined && --onServer.sessions === 0)
    client.servers = client.servers.filter((each) => each !== onServer)
}
