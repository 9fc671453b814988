import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls'
import type { Api } from '../control/given.ts'
import { HttpSide } from '../control/http-side.ts'
import { Visitors } from '../control/visitors.ts'
import { Handshakes } from './handshakes.ts'
import type { TlsFiles } from './tls-files.ts'

export interface WebServerOptions {
  readonly host: string
  readonly port: number
  readonly tls: TlsFiles | undefined
  readonly api: Api
  /** What one client may ask in a minute; 0: no limit. */
  readonly requestsPerMinute: () => number
}

/** With those that are still at their TLS handshake; the descriptors belong to players. */
const MAX_CONNECTIONS = 256
const HANDSHAKE_MS = 5_000
const MAX_PIPELINED = 16

/** The listener for the API on the network, with TLS or without. */
export class WebServer {
  readonly #server: Server = createServer()
  /** What does the handshakes; it listens nowhere itself. */
  readonly #secure: TlsServer | undefined
  readonly #visitors = new Visitors()
  readonly #http: HttpSide

  private constructor({ tls, api, requestsPerMinute }: WebServerOptions) {
    this.#http = new HttpSide(api, this.#visitors, { maxPipelined: MAX_PIPELINED, showsProgress: false })
    if (tls === undefined) this.#server.on('connection', (socket) => this.#welcome(socket))
    else this.#secure = this.#secured({ tls, requestsPerMinute })
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
    this.#secure?.setSecureContext(tls)
  }

  /** Nobody is taken any more, and who is there is ended. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#http.isLeaving = true
    this.#visitors.endAll()
    await closed
  }

  /** Behind the bound on handshakes: who makes too many is hung up on before a byte of his is read. */
  #secured({
    tls,
    requestsPerMinute,
  }: {
    readonly tls: TlsFiles
    readonly requestsPerMinute: () => number
  }): TlsServer {
    const handshakes = new Handshakes(requestsPerMinute)
    const options = { ...tls, handshakeTimeout: HANDSHAKE_MS, ALPNProtocols: ['http/1.1'] }
    const secured = createTlsServer(options, (socket) => {
      handshakes.end(socket)
      this.#welcome(socket)
    })
    // Whoever does not get through the handshake concerns nobody.
    secured.on('tlsClientError', (_error: Error, socket: Socket) => socket.destroy())
    this.#server.on('connection', (socket: Socket) => {
      // At its end it has no address any more.
      const { remoteAddress, remotePort } = socket
      socket.on('error', () => {})
      if (!handshakes.begin(socket)) {
        socket.destroy()
        return
      }
      socket.once('close', () => handshakes.end({ remoteAddress, remotePort }))
      secured.emit('connection', socket)
    })
    return secured
  }

  #welcome(socket: Socket): void {
    socket.on('error', () => {})
    // A head and the body behind it are two writes, and the second would wait 40 ms for the client to have had the first.
    socket.setNoDelay(true)
    this.#http.serve(this.#visitors.add(socket))
  }
}
