import { createServer, type Server, type Socket } from 'node:net'
import {
  canonical,
  type InternetAddress,
  type SocketAddress,
  UNIX_PEER,
  type UnixAddress,
} from '../../addresses/socket-address.ts'
import { isUnixName, type UnixName, unixPath } from '../../addresses/unix-name.ts'
import { ConnectionMap } from '../connection-map.ts'
import type {
  ConnectionId,
  Decision,
  KeepAlive,
  ListenOptions,
  LiveCounters,
  Transport,
  TransportFactory,
  TransportOptions,
} from '../contract.ts'
import { LISTEN_BACKLOG } from '../limits.ts'
import { type BoundName, boundName, closeKeepingOthers, removeStaleSocket, UNIX_SOCKET_MODE } from '../unix-socket.ts'
import { NodeConnection } from './connection.ts'
import type { ConnectionHost } from './connection-host.ts'
import { PendingBytes } from './pending-bytes.ts'
import { ReadBuffers } from './read-buffers.ts'
import { TimerWheel } from './timer-wheel.ts'
import { WriteBatch } from './write-batch.ts'

/** The portable transport, on `node:net`: always there, and the reference for the others. */
export const nodeTransport: TransportFactory = (options: TransportOptions): Transport => new NodeTransport(options)

/** What is kept of a listener. */
interface Listening {
  readonly name: string
  /** Of one on a Unix socket. */
  readonly socket: BoundName | undefined
}

class NodeTransport implements Transport {
  readonly kind = 'node'
  readonly #options: TransportOptions
  #keepAlive: KeepAlive
  readonly #host: ConnectionHost
  readonly #wheel = new TimerWheel(now)
  readonly #connections = new ConnectionMap<NodeConnection>()
  readonly #listeners = new Map<Server, Listening>()
  #lastId = 0
  #isEmpty: (() => void) | undefined

  constructor(options: TransportOptions) {
    this.#options = options
    this.#keepAlive = options.keepAlive
    const pending = new PendingBytes()
    this.#host = {
      handler: options.handler,
      wheel: this.#wheel,
      buffers: new ReadBuffers(pending),
      pending,
      batch: new WriteBatch(),
      keepAlive: () => this.#keepAlive,
      now,
      fault: (message) => options.notice({ level: 'error', message }),
      forget: (id) => this.#forget(id),
    }
  }

  now(): number {
    return now()
  }

  async listen({ name, host, port }: ListenOptions): Promise<SocketAddress> {
    if (isUnixName(host)) return await this.#listenOnUnix(name, host)
    const server = createServer({ allowHalfOpen: true })
    let own: InternetAddress | undefined
    server.on('connection', (socket) => this.#accept(name, own, socket))
    await this.#bind(server, name, () => server.listen({ host, port, backlog: LISTEN_BACKLOG }))
    this.#listeners.set(server, { name, socket: undefined })
    const bound = server.address()
    if (bound === null || typeof bound === 'string') throw new Error(`listener "${name}" has no address`)
    const address = canonical({ address: bound.address, port: bound.port })
    if (!isWildcard(address)) own = address
    return address
  }

  async #listenOnUnix(name: string, host: UnixName): Promise<SocketAddress> {
    const path = unixPath(host)
    await removeStaleSocket(path)
    const own: UnixAddress = { address: host, port: undefined }
    const server = createServer({ allowHalfOpen: true })
    server.on('connection', (socket) => this.#begin(name, UNIX_PEER, own, socket))
    await this.#bind(server, name, () => {
      // The mode is there before anybody can connect: the socket is bound before `listen` returns.
      const before = process.umask(0o777 & ~UNIX_SOCKET_MODE)
      try {
        server.listen({ path, backlog: LISTEN_BACKLOG })
      } finally {
        process.umask(before)
      }
    })
    this.#listeners.set(server, { name, socket: boundName(path) })
    return own
  }

  #bind(server: Server, name: string, listen: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      server.once('error', reject).once('listening', () => {
        server.off('error', reject)
        server.on('error', (error) =>
          this.#options.notice({ level: 'warn', message: `listener "${name}": ${error.message}` }),
        )
        resolve()
      })
      listen()
    })
  }

  async stopListening(name?: string): Promise<void> {
    for (const [server, listening] of this.#listeners) {
      if (name !== undefined && name !== listening.name) continue
      this.#listeners.delete(server)
      // Closes its descriptor at once; its callback would wait for the connections.
      if (listening.socket === undefined) server.close()
      else closeKeepingOthers(listening.socket, () => server.close())
    }
  }

  keepAlive(settings: KeepAlive): void {
    this.#keepAlive = settings
  }

  decide(id: ConnectionId, decision: Decision): void {
    this.#connections.get(id)?.decide(decision)
  }

  counters(id: ConnectionId): LiveCounters | undefined {
    return this.#connections.get(id)?.counters
  }

  async close(): Promise<void> {
    await this.stopListening()
    for (const connection of this.#connections.values()) connection.destroy()
    if (this.#connections.size > 0)
      await new Promise<void>((resolve) => {
        this.#isEmpty = resolve
      })
    this.#wheel.close()
  }

  /** @param own the listener's address where it has one only: each question to the system costs a connection its time */
  #accept(listener: string, own: InternetAddress | undefined, socket: Socket): void {
    const { remoteAddress, remotePort } = socket
    const local = own ?? localOf(socket)
    if (remoteAddress === undefined || remotePort === undefined || local === undefined) {
      // Reset before we looked: the system does not tell whose it was any more, and `libuv` did not ask when it accepted. A
      // known weakness: it is the one connection that has no record. The native transport knows.
      socket.on('error', () => {}).destroy()
      return
    }
    this.#begin(listener, canonical({ address: remoteAddress, port: remotePort }), local, socket)
  }

  #begin(listener: string, peer: SocketAddress, local: SocketAddress, socket: Socket): void {
    const connection = new NodeConnection(++this.#lastId, socket, peer.port === undefined, this.#host)
    this.#connections.set(connection.id, connection)
    connection.start({ kind: 'accepted', at: now(), listener, peer, local })
  }

  #forget(id: ConnectionId): void {
    this.#connections.delete(id)
    if (this.#connections.size === 0) this.#isEmpty?.()
  }
}

function now(): number {
  return performance.now()
}

function localOf({ localAddress, localPort }: Socket): InternetAddress | undefined {
  if (localAddress === undefined || localPort === undefined) return undefined
  return canonical({ address: localAddress, port: localPort })
}

function isWildcard({ address }: InternetAddress): boolean {
  return address === '0.0.0.0' || address === '::'
}
