import { ConnectionMap } from '../transport/connection-map.ts'
import type { ConnectionId } from '../transport/contract.ts'

/**
 * Who has how many sessions, on which server and in all. As large as there are sessions: a connection is counted once and
 * let go of once, however often it is asked for. Coming and going look the client up once each, which every login pays.
 */
export class SessionCounts {
  readonly #clients = new Map<string, Client>()
  readonly #sessions = new ConnectionMap<Session>()

  /** Of this client in all, or on one server. */
  of(client: string, server?: string): number {
    const known = this.#clients.get(client)
    if (known === undefined || server === undefined) return known?.sessions ?? 0
    return known.servers.find(({ id }) => id === server)?.sessions ?? 0
  }

  add(id: ConnectionId, client: string, server: string | undefined): void {
    if (this.#sessions.get(id) !== undefined) return
    let known = this.#clients.get(client)
    if (known === undefined) {
      known = { key: client, sessions: 0, servers: NO_SERVERS }
      this.#clients.set(client, known)
    }
    known.sessions++
    this.#sessions.set(id, { client: known, server: server === undefined ? undefined : addTo(known, server) })
  }

  remove(id: ConnectionId): void {
    const session = this.#sessions.get(id)
    if (session === undefined) return
    this.#sessions.delete(id)
    const { client, server } = session
    if (server !== undefined && --server.sessions === 0)
      client.servers = client.servers.filter((each) => each !== server)
    if (--client.sessions === 0) this.#clients.delete(client.key)
  }
}

interface Client {
  readonly key: string
  sessions: number
  /** Those where it has any: few. */
  servers: readonly OnServer[]
}

interface OnServer {
  readonly id: string
  sessions: number
}

interface Session {
  readonly client: Client
  readonly server: OnServer | undefined
}

const NO_SERVERS: readonly OnServer[] = []

function addTo(client: Client, id: string): OnServer {
  const known = client.servers.find((each) => each.id === id)
  if (known !== undefined) {
    known.sessions++
    return known
  }
  const added = { id, sessions: 1 }
  client.servers = client.servers.length === 0 ? [added] : [...client.servers, added]
  return added
}
