import type { Server, Socket } from 'node:net'
import { VerbError } from '../verbs/verb-error.ts'
import { listenOnSocket } from './control-socket.ts'
import type { Api } from './given.ts'
import type { HttpSide } from './http-side.ts'
import { isOlderCommand, olderCommandAnswer } from './older-command.ts'
import { rawRefusal } from './refusal.ts'
import { type Visitor, Visitors } from './visitors.ts'

/** How long those who are being answered when the proxy ends may still take. */
const FAREWELL_MS = 2_000

/**
 * The side of the control socket that the proxy holds. Each client has its own turn: a slow one keeps nobody waiting, and
 * where there are too many the newcomer is served.
 */
export class ControlServer {
  readonly #visitors = new Visitors()
  readonly #loadApi: () => Promise<Api>
  #server: Server | undefined
  /** From the first connection on: most proxies start, and are asked for nothing for days. */
  #http: Promise<HttpSide> | undefined
  #isLeaving = false
  #closed: Promise<unknown> | undefined

  private constructor(loadApi: () => Promise<Api>) {
    this.#loadApi = loadApi
  }

  /**
   * @param loadApi called with the first connection
   * @throws {ControlError} `unreachable` or `untrusted` where nobody can listen on that path
   */
  static async listen(path: string, loadApi: () => Promise<Api>): Promise<ControlServer> {
    const control = new ControlServer(loadApi)
    control.#server = await listenOnSocket(path, (socket) => control.#welcome(socket))
    return control
  }

  /** The socket is gone at once; answers under way go on, and this resolves when the last of them has ended. */
  async retire(): Promise<void> {
    this.#closed ??= new Promise((resolve) => this.#server?.close(resolve))
    this.#isLeaving = true
    const http = await this.#http?.catch(() => undefined)
    if (http !== undefined) http.isLeaving = true
    await this.#closed
  }

  /** The socket is gone at once, so that the next command sees that nobody is there; answers under way are ended. */
  async close(): Promise<void> {
    const closed = this.retire()
    // Idle ones of before among them.
    this.#visitors.endSilent()
    const farewell = setTimeout(() => this.#visitors.endAll(), FAREWELL_MS)
    await closed
    clearTimeout(farewell)
  }

  #welcome(socket: Socket): void {
    socket.on('error', () => {})
    const visitor = this.#visitors.add(socket)
    this.#http ??= this.#loadHttp()
    // Whoever asks is told; until then nobody listens.
    this.#http.catch(() => {})
    socket.once('data', (bytes) => {
      socket.pause()
      void this.#serve(visitor, bytes)
    })
  }

  async #serve(visitor: Visitor, bytes: Buffer): Promise<void> {
    const { socket } = visitor
    if (isOlderCommand(bytes)) {
      socket.end(olderCommandAnswer())
      // What it sends after that is read and dropped: closing on it would be a reset, which takes the answer along.
      socket.resume()
      return
    }
    try {
      const http = await this.#http
      if (!socket.destroyed) http?.serve(visitor, bytes)
    } catch (error) {
      // The files of a program may be replaced while it runs. It goes on, and looks for them again next time.
      this.#http = undefined
      const message = `this proxy cannot load what answers here; was it upgraded while it ran? Start it again: ${error}`
      socket.end(rawRefusal(new VerbError('internal', message)))
      socket.resume()
    }
  }

  async #loadHttp(): Promise<HttpSide> {
    const [{ HttpSide }, api] = await Promise.all([import('./http-side.ts'), this.#loadApi()])
    const http = new HttpSide(api, this.#visitors)
    http.isLeaving = this.#isLeaving
    return http
  }
}
