import { Buffer } from 'node:buffer'
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SocketAddress, whereIs } from '@infrarust/core'
import type { ConnectionId, Decision, Transport, TransportInput } from '@infrarust/core/transport'
import { nativeTransport } from '../src/index.ts'

/** What nothing can be dialled at. */
const NOWHERE: SocketAddress = { address: 'nowhere', port: 1 }

/** What a run did and what was wrong: an empty list is a good run. */
export interface HammerReport {
  readonly connections: number
  readonly relays: number
  /** Parleys that became a relay. */
  readonly pumps: number
  readonly wrong: readonly string[]
}

export interface HammerOptions {
  readonly seconds: number
  readonly seed: number
  readonly threads: number
  /** Clients at the same time. */
  readonly clients: number
}

type Unnumbered<D> = D extends Decision ? Omit<D, 'seq'> : never

/**
 * Clients, backends and a handler that do anything at any time: cuts, resets, half-closes, floods, decisions that cross
 * what they decide about. Looks at what must hold whatever happens: inputs in their order, each end told once, bytes
 * through an echo unchanged, no descriptor left.
 */
export async function hammer(options: HammerOptions): Promise<HammerReport> {
  const run = new Run(options)
  await run.start()
  return run.finish()
}

class Run {
  readonly #options: HammerOptions
  readonly #random: () => number
  readonly #wrong = new Set<string>()
  readonly #seqs = new Map<ConnectionId, number>()
  readonly #over = new Set<ConnectionId>()
  /** Those whose newest relay is to begin with a parley, and those that are in one as far as was told. */
  readonly #dialsForParley = new Set<ConnectionId>()
  readonly #parleys = new Set<ConnectionId>()
  readonly #ciphered = new Set<ConnectionId>()
  readonly #servers: Server[] = []
  readonly #sockets = new Set<Socket>()
  readonly #descriptors = openSockets().length
  readonly #transport: Transport
  readonly #folder = mkdtempSync(join(tmpdir(), 'hammer-'))
  #backends: SocketAddress[] = []
  #connections = 0
  #relays = 0
  #pumps = 0

  constructor(options: HammerOptions) {
    this.#options = options
    this.#random = randomOf(options.seed)
    this.#transport = nativeTransport({
      handler: { input: (id, input) => this.#input(id, input) },
      // A decision for a relay that stands, and a handler that throws, are told: both are done on purpose.
      notice: () => {},
      keepAlive: { isEnabled: true, initialDelayMs: 1000, intervalMs: 1000, probes: 3 },
      threads: options.threads,
    })
  }

  async start(): Promise<void> {
    const echo = await this.#backend((socket) => socket.pipe(socket))
    this.#backends = [
      echo,
      echo,
      await this.#backend((socket) => socket.end('a short answer')),
      await this.#backend((socket) => socket.end()),
      await this.#backend((socket) => reset(socket)),
      await this.#backend((socket) => socket.once('data', () => reset(socket))),
      await this.#backend(() => {}),
      await this.#backend((socket) => flood(socket)),
      await this.#backend((socket) => {
        flood(socket)
        socket.resume()
      }),
      await this.#backend((socket) => socket.end(Buffer.alloc(3_000_000, 0x62))),
      await this.#backend((socket) => socket.pipe(socket), 'echo'),
      await this.#backend((socket) => socket.end(Buffer.alloc(3_000_000, 0x62)), 'long'),
      await this.#backend((socket) => socket.once('data', () => socket.destroy()), 'short'),
      await this.#backend((socket) => {
        flood(socket)
        socket.resume()
      }, 'flood'),
      { address: this.#socket('none'), port: undefined },
    ]
    const dead = await this.#backend(() => {})
    this.#servers.pop()?.close()
    this.#backends.push(dead)
    const listeners = [
      await this.#transport.listen({ name: 'hammer', host: '127.0.0.1', port: 0 }),
      await this.#transport.listen({ name: 'unix', host: this.#socket('in'), port: undefined }),
    ]
    const endsAt = performance.now() + this.#options.seconds * 1000
    const client = async () => {
      while (performance.now() < endsAt) await this.#client(listeners[this.#chance(0.3) ? 1 : 0] ?? NOWHERE)
    }
    await Promise.all(Array.from({ length: this.#options.clients }, client))
  }

  async finish(): Promise<HammerReport> {
    await this.#transport.close()
    for (const socket of this.#sockets) socket.destroy()
    for (const server of this.#servers) await new Promise((resolve) => server.close(resolve))
    rmSync(this.#folder, { recursive: true })
    for (const id of this.#seqs.keys()) this.#wrong.add(`${id} was never finished`)
    const givesUpAt = performance.now() + 10_000
    while (openSockets().length > this.#descriptors && performance.now() < givesUpAt) await pause(20)
    const left = openSockets()
    if (left.length > this.#descriptors) this.#wrong.add(`${this.#descriptors} descriptors became: ${left.join(' ')}`)
    return { connections: this.#connections, relays: this.#relays, pumps: this.#pumps, wrong: [...this.#wrong] }
  }

  #input(id: ConnectionId, input: TransportInput): Decision | undefined {
    if (this.#over.has(id)) this.#wrong.add(`${input.kind} after finished`)
    if (input.kind === 'accepted') {
      if (this.#seqs.has(id)) this.#wrong.add('accepted twice')
      this.#connections++
      this.#seqs.set(id, 0)
    } else if (!this.#seqs.has(id)) {
      this.#wrong.add(`${input.kind} without accepted`)
    }
    if (input.kind === 'finished') {
      this.#seqs.delete(id)
      this.#over.add(id)
      for (const set of [this.#dialsForParley, this.#parleys, this.#ciphered]) set.delete(id)
      return undefined
    }
    if (this.#chance(0.002)) throw new Error('a handler that throws')
    if (this.#chance(0.2)) setTimeout(() => this.#decideLater(id), this.#upTo(30))
    if (input.kind === 'dialled' && this.#dialsForParley.has(id)) this.#parleys.add(id)
    else if (input.kind === 'server-bytes' || input.kind === 'server-ended')
      if (!this.#parleys.has(id)) this.#wrong.add(`${input.kind} outside a parley`)
    // One that stands is let alone most of the time; anything but a close for it is a fault of ours.
    if (this.#parleys.has(id)) return this.#inParley(id, input)
    if (input.kind === 'dialled') return this.#chance(0.1) ? this.#number(id, this.#close()) : undefined
    if (this.#chance(0.1)) return undefined
    const consumed = input.kind === 'bytes' ? this.#upTo(input.bytes.length) : 0
    const head = input.kind === 'bytes' ? Buffer.from(input.bytes.subarray(0, consumed)) : Buffer.alloc(0)
    return this.#number(id, this.#decision(input.at, consumed, head))
  }

  #inParley(id: ConnectionId, input: Exclude<TransportInput, { kind: 'finished' }>): Decision | undefined {
    if (this.#chance(0.1)) return undefined
    if (this.#chance(0.05)) return this.#number(id, this.#decision(input.at, 0, Buffer.alloc(0)))
    if (this.#chance(0.1))
      return this.#number(id, { kind: 'respond', consumed: 0, bytes: this.#bytes(), then: { kind: 'close' } })
    const shown = input.kind === 'bytes' || input.kind === 'server-bytes' ? input.bytes : Buffer.alloc(0)
    const taken = this.#chance(0.5) ? shown.length : this.#upTo(shown.length + 1)
    return this.#number(id, {
      kind: 'parley',
      consumed: input.kind === 'bytes' ? taken : 0,
      consumedFromServer: input.kind === 'server-bytes' ? taken : 0,
      toClient: input.kind === 'server-bytes' ? shown.subarray(0, taken) : this.#bytes(),
      toServer: input.kind === 'bytes' ? shown.subarray(0, taken) : this.#bytes(),
      deadlineAt: input.at + this.#upTo(1_000),
      maxBytes: this.#upTo(100_000),
      maxServerBytes: this.#upTo(100_000),
      then: this.#chance(0.3) ? 'pump' : 'parley',
    })
  }

  /** Mostly none, at times more than a socket takes. */
  #bytes(): Buffer {
    return Buffer.alloc(this.#chance(0.8) ? this.#upTo(100) : this.#upTo(300_000), 0x70)
  }

  #decideLater(id: ConnectionId): void {
    if (!this.#seqs.has(id)) return
    const counters = this.#transport.counters(id)
    if (counters !== undefined && !(counters.bytesIn >= 0 && counters.bytesOut >= 0)) this.#wrong.add('counters')
    const decision = this.#chance(0.5)
      ? this.#close()
      : this.#decision(this.#transport.now(), this.#upTo(4), Buffer.alloc(0))
    this.#transport.decide(id, this.#number(id, decision))
  }

  #number(id: ConnectionId, decision: Unnumbered<Decision>): Decision {
    // Sometimes an outdated one, which must do nothing.
    const isOutdated = this.#chance(0.05)
    const seq = (this.#seqs.get(id) ?? 0) + (isOutdated ? 0 : 1)
    this.#seqs.set(id, seq)
    if (!isOutdated) this.#note(id, decision)
    if (decision.kind === 'relay' || decision.kind === 'close' || !this.#isCiphered(id)) return { ...decision, seq }
    return { ...decision, seq, cipher: Buffer.alloc(16, seq) }
  }

  /** What a decision that is carried out makes of the dial, or of the parley. */
  #note(id: ConnectionId, decision: Unnumbered<Decision>): void {
    if (decision.kind === 'relay')
      if (decision.parley) this.#dialsForParley.add(id)
      else this.#dialsForParley.delete(id)
    if (decision.kind !== 'parley' || decision.then !== 'pump') return
    this.#parleys.delete(id)
    this.#dialsForParley.delete(id)
    this.#pumps++
  }

  /** Whether a cipher begins with this decision; a second one is a fault of ours, and seldom. */
  #isCiphered(id: ConnectionId): boolean {
    if (this.#ciphered.has(id)) return this.#chance(0.01)
    if (!this.#chance(0.15)) return false
    this.#ciphered.add(id)
    return true
  }

  #close(): Unnumbered<Decision> {
    return { kind: 'close', consumed: 0, how: this.#chance(0.5) ? 'end' : 'reset' }
  }

  #decision(at: number, consumed: number, head: Buffer): Unnumbered<Decision> {
    const deadlineAt = at + this.#upTo(200)
    const maxBytes = this.#upTo(5000)
    switch (this.#upTo(8)) {
      case 0:
        return { kind: 'hold', consumed, deadlineAt, maxBytes }
      case 1:
        return this.#close()
      case 2:
        return { kind: 'respond', consumed, bytes: Buffer.alloc(this.#upTo(200_000)), then: { kind: 'close' } }
      case 3:
        return { kind: 'respond', consumed, bytes: Buffer.from('pong'), then: { kind: 'await', deadlineAt, maxBytes } }
      case 4:
      case 5:
      case 6:
      case 7: {
        this.#relays++
        const attempts = Array.from({ length: this.#upTo(4) }, () => ({
          ...(this.#backends[this.#upTo(this.#backends.length)] ?? NOWHERE),
          head: this.#chance(0.9) ? head : Buffer.alloc(this.#upTo(300_000)),
          connectTimeoutMs: this.#upTo(500),
        }))
        return {
          kind: 'relay',
          consumed,
          attempts,
          // Long enough for some to stand on a loaded machine.
          deadlineAt: at + this.#upTo(3_000),
          replayLimitBytes: this.#upTo(10_000),
          idleMs: this.#upTo(300),
          halfClosedIdleMs: this.#upTo(100),
          ...(this.#chance(0.5) && { parley: true }),
        }
      }
      default:
        return { kind: 'await', consumed, deadlineAt, maxBytes }
    }
  }

  async #client(listener: SocketAddress): Promise<void> {
    const socket = this.#track(connect({ ...whereIs(listener), allowHalfOpen: true }))
    const closed = new Promise((resolve) => socket.once('close', resolve))
    if (this.#chance(0.7)) socket.resume()
    if (this.#chance(0.1)) flood(socket)
    // A reader that stops in the middle of bulk, and goes on.
    if (this.#chance(0.2)) stopAndGo(socket, this.#upTo(50))
    for (let turn = this.#upTo(6); turn > 0 && !socket.destroyed; turn--) {
      if (this.#chance(0.8)) socket.write(Buffer.alloc(this.#upTo(this.#bytesToSend()), 0x61))
      await pause(this.#upTo(20))
    }
    const ending = this.#upTo(4)
    if (ending === 0) reset(socket)
    else if (ending === 1) socket.destroy()
    else socket.end()
    setTimeout(() => socket.destroy(), this.#upTo(400))
    await closed
  }

  /** Mostly a packet, at times more than one read, and now and then bulk. */
  #bytesToSend(): number {
    if (this.#chance(0.1)) return 4_000_000
    return this.#chance(0.2) ? 100_000 : 100
  }

  #socket(name: string): `unix:/${string}` {
    return `unix:/${this.#folder.slice(1)}/${name}`
  }

  /** @param name of its Unix socket; undefined: it is on loopback */
  #backend(serve: (socket: Socket) => void, name?: string): Promise<SocketAddress> {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      this.#track(socket)
      setTimeout(() => (this.#chance(0.5) ? socket.destroy() : reset(socket)), 500 + this.#upTo(500))
      serve(socket)
    })
    this.#servers.push(server)
    return new Promise((resolve) => {
      if (name !== undefined) {
        const address = this.#socket(name)
        server.listen(whereIs({ address, port: undefined }), () => resolve({ address, port: undefined }))
        return
      }
      server.listen(0, '127.0.0.1', () => {
        const bound = server.address()
        if (bound === null || typeof bound === 'string') throw new Error('no address')
        resolve({ address: bound.address, port: bound.port })
      })
    })
  }

  #track(socket: Socket): Socket {
    this.#sockets.add(socket)
    return socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket))
  }

  /** A whole number from 0 to just below this. */
  #upTo(limit: number): number {
    return Math.floor(this.#random() * limit)
  }

  #chance(of: number): boolean {
    return this.#random() < of
  }
}

/** Writes until the other side is full, and again when it drains. */
function flood(socket: Socket): void {
  const more = () => {
    for (let turn = 0; turn < 64 && !socket.destroyed; turn++) if (!socket.write(Buffer.alloc(16_384, 0x66))) return
  }
  socket.on('drain', more)
  more()
}

function stopAndGo(socket: Socket, ms: number): void {
  socket.once('data', () => {
    socket.pause()
    setTimeout(() => socket.resume(), ms)
  })
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** What a transport may have open. Not counted: what Node opens for itself when it comes to it. */
function openSockets(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    const target = targetOf(fd)
    return /socket|eventpoll|eventfd|pipe/.test(target) ? [target] : []
  })
}

function targetOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    // The one that the list itself was read through.
    return ''
  }
}

/** Mulberry32: small, and the same run again for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A Unix socket knows no reset. */
function reset(socket: Socket): void {
  if (socket.localPort === undefined) socket.destroy()
  else socket.resetAndDestroy()
}
