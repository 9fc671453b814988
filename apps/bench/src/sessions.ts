import { constants, createHash, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import {
  decodeEncryptionRequest,
  decodeHandshake,
  decodeLoginStart,
  encodeEncryptionResponse,
  encodeHandshake,
  encodeLoginStart,
  encodeLoginSuccess,
  type Profile,
  serverHash,
} from '@infrarust/minecraft'
import { decode, encode } from '@infrarust/proxy-protocol'
import type { TestSessionServer } from '@infrarust/test-kit'
import type { Sessions } from './load.ts'

const PROTOCOL = 765
/** A hundred logins may begin in a second, of all clients together; who begins more is told to come again. */
const BETWEEN_MS = 12

const PLAYER: Profile = { uuid: '00000000-0000-4000-8000-000000000001', name: 'Player', properties: [] }

/** Players who log in through a proxy, and the backend that lets them in; both are in this process. */
export class LoggedIn implements Sessions {
  readonly clients: Socket[] = []
  readonly backends: Socket[] = []
  readonly #server: Server
  readonly #sessionServer: TestSessionServer
  #numbers = 0

  private constructor(server: Server, sessionServer: TestSessionServer) {
    this.#server = server
    this.#sessionServer = sessionServer
    server.on('connection', (socket) => this.#letIn(socket))
  }

  static async start(sessionServer: TestSessionServer): Promise<LoggedIn> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new LoggedIn(server, sessionServer)
  }

  get backendPort(): number {
    const bound = this.#server.address()
    return typeof bound === 'object' ? (bound?.port ?? 0) : 0
  }

  /**
   * Logs so many players in, one after the other, and leaves their sockets unread.
   *
   * @param authenticates whether the proxy asks for it; one that only relays does not
   */
  async logIn(count: number, port: number, authenticates: boolean): Promise<void> {
    for (let n = 0; n < count; n++) {
      const before = performance.now()
      const backendCount = this.backends.length
      const client = await this.#player(port, authenticates)
      client.pause()
      this.clients.push(client)
      while (this.backends.length === backendCount) await new Promise((resolve) => setImmediate(resolve))
      const leftMs = authenticates ? BETWEEN_MS - (performance.now() - before) : 0
      if (leftMs > 0) await new Promise((resolve) => setTimeout(resolve, leftMs))
    }
  }

  /** Ends all of them. */
  leave(): void {
    for (const socket of [...this.clients.splice(0), ...this.backends.splice(0)]) socket.destroy()
  }

  async stop(): Promise<void> {
    this.leave()
    await new Promise((closed) => this.#server.close(closed))
  }

  async #player(port: number, authenticates: boolean): Promise<Socket> {
    const number = ++this.#numbers
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    const source = { address: `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`, port: 40_000 }
    const header = encode({ command: 'PROXY', source, destination: { address: '198.51.100.2', port: 25_565 } })
    const address = { protocolVersion: PROTOCOL, address: 'bench.example.com', port: 25_565, intent: 'login' } as const
    socket.write(Buffer.concat([header, encodeHandshake(address), encodeLoginStart(PLAYER.name, PROTOCOL)]))
    if (authenticates) await this.#authenticate(socket)
    // Login Success, ciphered or not, is all that comes before the player says something.
    await received(socket, (bytes) => bytes.length >= SUCCESS.length)
    return socket
  }

  async #authenticate(socket: Socket): Promise<void> {
    const asked = await received(socket, (bytes) => decodeEncryptionRequest(bytes, PROTOCOL).kind === 'decoded')
    const request = decodeEncryptionRequest(asked, PROTOCOL)
    if (request.kind !== 'decoded') throw new Error('no Encryption Request')
    const { publicKey, verifyToken } = request.value
    const secret = randomBytes(16)
    const hash = serverHash((data) => createHash('sha1').update(data).digest(), '', secret, publicKey)
    this.#sessionServer.join(PLAYER, hash)
    const key = createPublicKey({ key: Buffer.from(publicKey), type: 'spki', format: 'der' })
    const encrypted = (bytes: Uint8Array): Uint8Array =>
      publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, bytes)
    const proof = { kind: 'encrypted', encryptedToken: encrypted(verifyToken) } as const
    socket.write(encodeEncryptionResponse({ encryptedSecret: encrypted(secret), proof }, PROTOCOL))
  }

  #letIn(socket: Socket): void {
    socket.setNoDelay()
    void received(socket, isWholeHead).then(() => {
      socket.pause()
      socket.write(SUCCESS)
      this.backends.push(socket)
    })
  }
}

const SUCCESS = encodeLoginSuccess(PLAYER, PROTOCOL)

/** Header, handshake and Login Start. */
function isWholeHead(bytes: Uint8Array): boolean {
  const header = decode(bytes)
  if (header.kind !== 'header') return false
  const rest = bytes.subarray(header.headerBytes)
  const handshake = decodeHandshake(rest)
  if (handshake.kind !== 'decoded') return false
  return decodeLoginStart(rest.subarray(handshake.consumedBytes), PROTOCOL).kind === 'decoded'
}

/** What has come once it is enough. */
function received(socket: Socket, isEnough: (bytes: Buffer) => boolean): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0)
    const take = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk])
      if (!isEnough(bytes)) return
      socket.off('data', take)
      socket.off('close', gone)
      resolve(bytes)
    }
    const gone = (): void => reject(new Error(`the proxy closed a login after ${bytes.length} bytes`))
    socket.on('data', take)
    socket.on('close', gone)
    socket.on('error', () => undefined)
  })
}
