import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { VerbError } from '../verbs/verb-error.ts'
import { exchange } from './exchange.ts'
import type { Api } from './given.ts'
import { rawRefusal } from './refusal.ts'
import type { Visitor, Visitors } from './visitors.ts'

/** What is said of it to clients: they must not ask on a connection that is about to be ended. */
const IDLE_HINT_MS = 5_000

export interface HttpSideOptions {
  /** Requests of one connection that wait for their turn. */
  readonly maxPipelined: number
  /** Whether an answer that takes its time shows that it is on its way (102), which not every client of HTTP understands. */
  readonly showsProgress: boolean
}

/** Of commands. */
const DEFAULTS: HttpSideOptions = { maxPipelined: 64, showsProgress: true }

/** Speaks HTTP with those who are connected already. */
export class HttpSide {
  readonly #server: Server
  readonly #options: HttpSideOptions
  readonly #api: Api
  readonly #visitors: Visitors
  readonly #turns = new WeakMap<Socket, Turns>()
  /** Whether connections end with their answers. */
  isLeaving = false

  constructor(api: Api, visitors: Visitors, options: HttpSideOptions = DEFAULTS) {
    this.#options = options
    this.#api = api
    this.#visitors = visitors
    this.#server = createServer({ keepAliveTimeout: IDLE_HINT_MS }, (incoming, outgoing) =>
      this.#take(incoming, outgoing),
    )
    this.#server.on('clientError', refuseGarbage)
  }

  /** @param bytes were read from its socket already */
  serve(visitor: Visitor, bytes?: Buffer): void {
    this.#turns.set(visitor.socket, { visitor, waiting: 0, last: Promise.resolve() })
    this.#server.emit('connection', visitor.socket)
    if (bytes !== undefined) visitor.socket.unshift(bytes)
    visitor.socket.resume()
  }

  #take(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const turns = this.#turns.get(incoming.socket)
    if (turns === undefined) return
    const { visitor } = turns
    turns.waiting++
    if (turns.waiting > this.#options.maxPipelined) {
      visitor.socket.destroy()
      return
    }
    if (turns.waiting === 1) this.#visitors.hasAsked(visitor)
    if (this.isLeaving) outgoing.shouldKeepAlive = false
    // One after the other: what is asked later may count on what was asked before.
    turns.last = turns.last
      .then(() =>
        visitor.socket.destroyed
          ? undefined
          : exchange(this.#api, incoming, outgoing, visitor, this.#options.showsProgress),
      )
      .catch(() => void visitor.socket.destroy())
      .finally(() => this.#isDone(turns))
  }

  #isDone(turns: Turns): void {
    turns.waiting--
    if (turns.waiting > 0) return
    if (this.isLeaving) turns.visitor.socket.end()
    this.#visitors.awaitRequest(turns.visitor)
  }
}

interface Turns {
  readonly visitor: Visitor
  /** The one that is answered included. */
  waiting: number
  last: Promise<void>
}

/** What is no HTTP, or too much of it. */
function refuseGarbage(error: NodeJS.ErrnoException, socket: Socket | { destroy(): void }): void {
  if (!('writable' in socket) || !socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const refused =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? new VerbError('too_large', 'the head of the request is too long')
      : new VerbError('bad_request', `this is no HTTP request: ${error.message}`)
  socket.end(rawRefusal(refused))
}
