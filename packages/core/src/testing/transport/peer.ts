import { Buffer } from 'node:buffer'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { type UnixName, unixPath } from '../../entries/transport.ts'
import { type InternetAddress, type SocketAddress, whereIs } from '../../index.ts'
import { Changing } from './waiting.ts'

/** The other end of a connection, a player's or a backend's, and all that it has seen. */
export class Peer {
  readonly socket: Socket
  readonly #isUnix: boolean
  readonly #changing = new Changing()
  readonly #chunks: Buffer[] = []
  receivedBytes = 0
  hasEnd = false
  isClosed = false
  /** `ECONNRESET` where the kernel took the connection away. */
  errorCode: string | undefined

  constructor(socket: Socket, isUnix: boolean) {
    this.socket = socket
    this.#isUnix = isUnix
    socket
      .on('data', (chunk: Buffer) => {
        this.#chunks.push(chunk)
        this.receivedBytes += chunk.length
        this.#changing.changed()
      })
      .on('end', () => {
        this.hasEnd = true
        this.#changing.changed()
      })
      .on('error', (error: NodeJS.ErrnoException) => {
        this.errorCode = error.code ?? error.message
        this.#changing.changed()
      })
      .on('close', () => {
        this.isClosed = true
        this.#changing.changed()
      })
  }

  get received(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  /** What the first read gave: the first segment, if the transport sent it as one. */
  get firstChunk(): string | undefined {
    return this.#chunks[0]?.toString('latin1')
  }

  get text(): string {
    return this.received.toString('latin1')
  }

  /** @throws where the address is not to be had */
  get address(): InternetAddress {
    const { localAddress, localPort } = this.socket
    if (localAddress === undefined || localPort === undefined) throw new Error('the socket has no address')
    return { address: localAddress, port: localPort }
  }

  send(bytes: string | Uint8Array): void {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  /** Sends FIN, and goes on reading. */
  end(): void {
    this.socket.end()
  }

  /** Sends RST. A Unix socket knows none, and is closed. */
  reset(): void {
    if (this.#isUnix) this.socket.destroy()
    else this.socket.resetAndDestroy()
  }

  untilText(text: string): Promise<void> {
    return this.#until(`"${text}"`, () => this.receivedBytes === text.length && this.text === text)
  }

  untilBytes(bytes: number): Promise<void> {
    return this.#until(`${bytes} bytes`, () => this.receivedBytes >= bytes)
  }

  untilEnd(): Promise<void> {
    return this.#until('FIN', () => this.hasEnd)
  }

  untilClosedOrEnd(): Promise<void> {
    return this.#until('the end', () => this.hasEnd || this.isClosed)
  }

  untilError(): Promise<void> {
    return this.#until('an error', () => this.errorCode !== undefined)
  }

  /** What a peer sees of a reset; of a Unix socket, which knows none, the end. */
  untilGone(): Promise<void> {
    return this.#isUnix ? this.untilEnd() : this.untilClosed()
  }

  untilClosed(): Promise<void> {
    return this.#until('the close', () => this.isClosed)
  }

  async #until(what: string, isThere: () => boolean): Promise<void> {
    await this.#changing.until(
      () =>
        `${what}; there were ${this.receivedBytes} bytes "${this.text.slice(0, 200)}", ` +
        `FIN ${this.hasEnd}, error ${this.errorCode}, closed ${this.isClosed}`,
      () => isThere() || undefined,
    )
  }
}

/** Connects a player. Resolves when the kernel has the connection, whether or not it was accepted yet. */
export function connectPeer(to: SocketAddress, options: { readonly isPaused?: boolean } = {}): Promise<Peer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...whereIs(to), allowHalfOpen: true })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      const peer = new Peer(socket, to.port === undefined)
      if (options.isPaused === true) socket.pause()
      resolve(peer)
    })
  })
}

/** A backend that does what the test makes it do. */
export class Backend {
  readonly peers: Peer[] = []
  readonly #server: Server
  readonly #changing = new Changing()
  readonly #onConnection: (peer: Peer) => void
  #address: SocketAddress | undefined

  private constructor(onConnection: (peer: Peer) => void, isUnix: boolean) {
    this.#onConnection = onConnection
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      const peer = new Peer(socket, isUnix)
      this.peers.push(peer)
      this.#onConnection(peer)
      this.#changing.changed()
    })
  }

  /**
   * @param onConnection called with each connection at its accept
   * @param socket       undefined: it is on loopback
   */
  static listen(onConnection: (peer: Peer) => void = () => {}, socket?: UnixName): Promise<Backend> {
    const backend = new Backend(onConnection, socket !== undefined)
    return new Promise((resolve, reject) => {
      backend.#server.once('error', reject)
      backend.#server.listen(socket === undefined ? { port: 0, host: '127.0.0.1' } : { path: unixPath(socket) }, () => {
        const bound = backend.#server.address()
        if (socket !== undefined) backend.#address = { address: socket, port: undefined }
        else if (bound === null || typeof bound === 'string') return reject(new Error('no address'))
        else backend.#address = { address: bound.address, port: bound.port }
        resolve(backend)
      })
    })
  }

  get address(): SocketAddress {
    if (this.#address === undefined) throw new Error('not listening')
    return this.#address
  }

  /** The connection with this number, from 0; waits for it. */
  peer(index: number): Promise<Peer> {
    return this.#changing.until(
      () => `connection ${index} at the backend`,
      () => this.peers[index],
    )
  }

  async close(): Promise<void> {
    for (const peer of this.peers) peer.socket.destroy()
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
    })
  }
}

/** The interface of `::1`; undefined where this machine has no IPv6. */
export const loopbackInterface: string | undefined = Object.entries(networkInterfaces()).find(([, addresses]) =>
  addresses?.some(({ address }) => address === '::1'),
)?.[0]

export const hasIPv6: boolean = loopbackInterface !== undefined

/** An address at which nothing listens. */
export async function deadAddress(): Promise<SocketAddress> {
  const backend = await Backend.listen()
  const { address } = backend
  await backend.close()
  return address
}
