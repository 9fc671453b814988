import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { type Profile, undashedUuid } from '@infrarust/minecraft'

/** What a server asks: whether this player has joined, by the hash of the secret and of the key that it has shown. */
export interface AskedJoin {
  readonly username: string
  readonly serverHash: string
  readonly ip: string | undefined
}

/** Says what it likes instead of the truth. */
export type Liar = (asked: AskedJoin, response: ServerResponse) => void

/**
 * A session server on loopback: clients tell it which server they join, servers ask it whether they have. It tells the
 * truth, once for each join, unless it is told otherwise.
 */
export class TestSessionServer {
  readonly asked: AskedJoin[] = []
  liar: Liar | undefined
  readonly #server: Server
  readonly #accounts: Map<string, Profile>
  readonly #joins = new Map<string, Profile>()

  private constructor(server: Server, accounts: readonly Profile[]) {
    this.#server = server
    this.#accounts = new Map(accounts.map((account) => [accessTokenOf(account), account]))
    server.on('request', (request, response) => void this.#answer(request, response))
  }

  static async start(accounts: readonly Profile[]): Promise<TestSessionServer> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new TestSessionServer(server, accounts)
  }

  /** For clients. */
  get root(): string {
    const { port } = this.#server.address() as AddressInfo
    return `http://127.0.0.1:${port}`
  }

  /** For `session_url`. */
  get url(): string {
    return `${this.root}/session/minecraft/hasJoined`
  }

  /** What a client does over HTTP, without the way there. */
  join(account: Profile, serverHash: string): void {
    this.#joins.set(serverHash, account)
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.root)
    if (request.method === 'POST' && pathname === '/session/minecraft/join') {
      const { accessToken, serverId } = (await json(request)) as { accessToken?: unknown; serverId?: unknown }
      const account = this.#accounts.get(String(accessToken))
      if (account !== undefined) this.join(account, String(serverId))
      response.writeHead(account === undefined ? 403 : 204).end()
      return
    }
    if (request.method !== 'GET' || pathname !== '/session/minecraft/hasJoined') {
      response.writeHead(404).end()
      return
    }
    const asked = {
      username: searchParams.get('username') ?? '',
      serverHash: searchParams.get('serverId') ?? '',
      ip: searchParams.get('ip') ?? undefined,
    }
    this.asked.push(asked)
    if (this.liar === undefined) this.#tellTruth(asked, response)
    else this.liar(asked, response)
  }

  #tellTruth({ username, serverHash }: AskedJoin, response: ServerResponse): void {
    const joined = this.#joins.get(serverHash)
    this.#joins.delete(serverHash)
    const isThat = joined !== undefined && joined.name.toLowerCase() === username.toLowerCase()
    if (isThat) sayJoined(joined, response)
    else response.writeHead(204).end()
  }
}

/** The answer about a player who has joined. */
export function sayJoined({ uuid, name, properties }: Profile, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ id: undashedUuid(uuid), name, properties }))
}

/** What the launcher has given to a client of this account. */
export function accessTokenOf({ uuid }: Profile): string {
  return `token-of-${uuid}`
}
