import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { type SocketAddress, whereIs } from '@infrarust/core'
import type { ConnectionId, Decision, Transport, TransportInput } from '@infrarust/core/transport'
import { nativeTransport } from '../src/index.ts'

/** Which session a client wants, in front of its stream. */
const NAME_BYTES = 4
/** What the backend says first, so that the relay stands. */
const HELLO_BYTES = 1
/** No multiple of anything that a transport moves at a time: bytes in the wrong place are the wrong bytes. */
const BLOCK_BYTES = 262_147

/** A stream that is the same for the same name, and unlike that of any other. */
class Stream {
  readonly #block: Buffer

  constructor(name: string) {
    this.#block = createHash('shake256', { outputLength: BLOCK_BYTES }).update(name).digest()
  }

  /** What stands there, up to so many bytes. */
  from(at: number, mostBytes: number): Buffer {
    const start = at % BLOCK_BYTES
    return this.#block.subarray(start, start + mostBytes)
  }

  matches(at: number, bytes: Buffer): boolean {
    for (let done = 0; done < bytes.length; ) {
      const expected = this.from(at + done, bytes.length - done)
      if (!expected.equals(bytes.subarray(done, done + expected.length))) return false
      done += expected.length
    }
    return true
  }
}

export interface Session {
  readonly name: number
  /** Each way. */
  readonly bytes: number
  /** Cut by its client when it has received so many. */
  readonly cutAtBytes?: number
  /** Called when the first bytes of the stream have come; reading goes on when it is done. */
  readonly atFirst?: () => Promise<void>
}

/**
 * Relays of a native transport between clients and one backend, which send streams to each other and look at every byte
 * at both ends.
 */
export class Bulk {
  readonly transport: Transport
  /** What was wrong; empty after a good run. */
  readonly wrong: string[] = []
  readonly #server: Server
  readonly #sessions = new Map<number, Session>()
  readonly #backendDone = new Map<number, PromiseWithResolvers<void>>()
  #backend: SocketAddress | undefined
  #listener: SocketAddress | undefined

  constructor(threads = 2) {
    this.transport = nativeTransport({
      handler: { input: (id, input) => this.#input(id, input) },
      notice: () => {},
      keepAlive: { isEnabled: false, initialDelayMs: 0, intervalMs: 1000, probes: 3 },
      threads,
    })
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#serve(socket))
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    const bound = this.#server.address()
    if (bound === null || typeof bound === 'string') throw new Error('no address')
    this.#backend = { address: bound.address, port: bound.port }
    this.#listener = await this.transport.listen({ name: 'bulk', host: '127.0.0.1', port: 0 })
  }

  async close(): Promise<void> {
    await this.transport.close()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** Plays one session to its end at both ends. */
  async play(session: Session): Promise<void> {
    if (this.#listener === undefined) throw new Error('not started')
    const { name, bytes } = session
    const done = Promise.withResolvers<void>()
    this.#sessions.set(name, session)
    this.#backendDone.set(name, done)
    const socket = connect({ ...whereIs(this.#listener), allowHalfOpen: true })
    const head = Buffer.alloc(NAME_BYTES)
    head.writeUInt32BE(name)
    socket.write(head)
    const sending = send(socket, new Stream(`up ${name}`), bytes)
    const received = receive(socket, HELLO_BYTES, new Stream(`down ${name}`), session)
    await this.#judge(`client ${name}`, session, received)
    if (session.cutAtBytes === undefined) await done.promise
    await sending
    socket.destroy()
    this.#sessions.delete(name)
    this.#backendDone.delete(name)
  }

  #input(_id: ConnectionId, { kind }: TransportInput): Decision | undefined {
    if (kind !== 'accepted' || this.#backend === undefined) return undefined
    const attempts = [{ ...this.#backend, head: new Uint8Array(), connectTimeoutMs: 20_000 }]
    const limits = {
      deadlineAt: Number.POSITIVE_INFINITY,
      replayLimitBytes: 65_536,
      idleMs: 0,
      halfClosedIdleMs: 0,
    }
    return { kind: 'relay', seq: 1, consumed: 0, attempts, ...limits }
  }

  #serve(socket: Socket): void {
    socket.on('error', () => {})
    socket.once('readable', async () => {
      const head: unknown = socket.read(NAME_BYTES)
      const name = head instanceof Buffer ? head.readUInt32BE(0) : -1
      const session = this.#sessions.get(name)
      if (session === undefined) {
        socket.destroy()
        return
      }
      const { bytes } = session
      socket.write('!')
      const sending = send(socket, new Stream(`down ${name}`), bytes)
      const received = receive(socket, 0, new Stream(`up ${name}`), { name, bytes })
      await this.#judge(`backend ${name}`, session, received)
      await sending
      this.#backendDone.get(name)?.resolve()
    })
  }

  async #judge(who: string, { bytes, cutAtBytes }: Session, received: Promise<number>): Promise<void> {
    try {
      const count = await received
      if (cutAtBytes === undefined && count !== bytes) this.wrong.push(`${who}: ${count} bytes, not ${bytes}`)
    } catch (error) {
      this.wrong.push(`${who}: ${String(error)}`)
    }
  }
}

/** Sends all of it, then FIN; stops where the connection is over. */
async function send(socket: Socket, stream: Stream, bytes: number): Promise<void> {
  for (let at = 0; at < bytes && !socket.destroyed; ) {
    const piece = stream.from(at, Math.min(bytes - at, 262_144))
    at += piece.length
    if (!socket.write(piece)) await drained(socket)
  }
  socket.end()
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      socket.off('drain', over).off('close', over)
      resolve()
    }
    socket.on('drain', over).on('close', over)
  })
}

/** Looks at every byte up to the end. Rejects at the first that is not as it was sent. */
function receive(
  socket: Socket,
  skippedBytes: number,
  stream: Stream,
  { bytes, cutAtBytes, atFirst }: Session,
): Promise<number> {
  return new Promise((resolve, reject) => {
    let at = -skippedBytes
    let pause = atFirst
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      const seen = at < 0 ? chunk.subarray(-at) : chunk
      const place = Math.max(0, at)
      at += chunk.length
      if (!stream.matches(place, seen)) {
        reject(new Error(`wrong bytes between ${place} and ${at}`))
        socket.destroy()
      } else if (at > bytes) {
        reject(new Error(`more than ${bytes} bytes`))
        socket.destroy()
      } else if (cutAtBytes !== undefined && skippedBytes > 0 && at >= cutAtBytes) {
        if (at % 2 === 0) socket.resetAndDestroy()
        else socket.destroy()
      } else if (pause !== undefined && seen.length > 0) {
        socket.pause()
        pause().then(() => socket.resume(), reject)
        pause = undefined
      }
    })
    socket.on('end', () => resolve(at))
    socket.on('close', () => resolve(at))
  })
}
