import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls'
import type { Api } from '../control/given.ts'
import { HttpSide } from '../control/http-side.ts'
import { Visitors } from '../control/visitors.ts'

/** Certificate and private key, as PEM. */
export interface TlsFiles {
  readonly cert: Buffer
  readonly key: Buffer
}

export interface WebServerOptions {
  readonly host: string
  readonly port: number
  readonly tls: TlsFiles | undefined
  readonly api: Api
}

/** With those that are still at their TLS handshake; the descriptors belong to players. */
const MAX_CONNECTIONS = 256
const HANDSHAKE_MS = 5_000
const MAX_PIPELINED = 16

/** The listener for the API on the network, with TLS or without. */
export class WebServer {
  readonly #server: Server | TlsServer
  readonly #visitors = new Visitors()
  readonly #http: HttpSide

  private constructor({ tls, api }: WebServerOptions) {
    this.#http = new HttpSide(api, this.#visitors, { maxPipelined: MAX_PIPELINED, showsProgress: false })
    const welcome = (socket: Socket): void => this.#welcome(socket)
    this.#server =
      tls === undefined
        ? createServer(welcome)
        : createTlsServer({ ...tls, handshakeTimeout: HANDSHAKE_MS, ALPNProtocols: ['http/1.1'] }, welcome)
    // Whoever does not get through the handshake concerns nobody.
    this.#server.on('tlsClientError', (_error: Error, socket: Socket) => socket.destroy())
    this.#server.maxConnections = MAX_CONNECTIONS
  }

  /** @throws the system's error where the address cannot be bound, OpenSSL's where the certificate is none */
  static async listen(options: WebServerOptions): Promise<WebServer> {
    const web = new WebServer(options)
    await new Promise<void>((resolve, reject) => {
      // It stays: an accept that fails later, for want of descriptors, must not end the proxy.
      web.#server.on('error', reject)
      web.#server.listen(options.port, options.host, resolve)
    })
    return web
  }

  /** The port bound. */
  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  /** For handshakes from now on. */
  useTls(tls: TlsFiles): void {
    if ('setSecureContext' in this.#server) this.#server.setSecureContext(tls)
  }

  /** Nobody is taken any more, and who is there is ended. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#http.isLeaving = true
    this.#visitors.endAll()
    await closed
  }

  #welcome(socket: Socket): void {
    socket.on('error', () => {})
    // A head and the body behind it are two writes, and the second would wait 40 ms for the client to have had the first.
    socket.setNoDelay(true)
    this.#http.serve(this.#visitors.add(socket))
  }
}
