import type { Socket } from 'node:net'

/** Commands at the same time; one that follows something stays for hours. */
const MAX_COMMANDS = 64
/** Connections that ask for nothing at the moment. They are counted apart, so that no command waits in line with them. */
const MAX_SILENT = 64
/** How long a client may take for a request, which a command sends with its connection. */
const REQUEST_MS = 5_000
/** How long it may take for the next piece of its body: whoever has stopped it (Ctrl-Z) may go on. */
const BODY_MS = 30_000

/** One connection, and how far it is. */
export class Visitor {
  readonly socket: Socket
  #awaited: 'request' | 'body' | 'nothing' = 'nothing'
  #late: NodeJS.Timeout | undefined
  /** Has it end, with a word to the client, so that another one has room; absent while nothing is asked. */
  makeRoom: (() => void) | undefined
  /** It has been sent away, and is only waited for until it has its answer. */
  isSentAway = false

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('close', () => clearTimeout(this.#late))
  }

  get isSilent(): boolean {
    return this.#awaited === 'request'
  }

  /** Whether it is nobody who is waited for: it does not go on with its body, or does not read. One that has had its answer is about to go. */
  get isStuck(): boolean {
    return this.isSentAway || this.#awaited === 'body' || this.socket.writableNeedDrain || !this.socket.writable
  }

  /** From now on it is waited for, and not for ever. */
  awaits(what: 'request' | 'body' | 'nothing'): void {
    clearTimeout(this.#late)
    this.#awaited = what
    if (what === 'nothing' || this.socket.destroyed) return
    this.#late = setTimeout(() => this.socket.destroy(), what === 'request' ? REQUEST_MS : BODY_MS)
  }
}

/** Who is connected, those first who have been silent or have asked for the longest: where there are too many, the newcomer is served. */
export class Visitors {
  readonly #all = new Set<Visitor>()

  add(socket: Socket): Visitor {
    const visitor = new Visitor(socket)
    socket.on('close', () => this.#all.delete(visitor))
    this.awaitRequest(visitor)
    return visitor
  }

  /** Of one that has come, or has had its answer. */
  awaitRequest(visitor: Visitor): void {
    this.#all.delete(visitor)
    if (visitor.socket.destroyed) return
    this.#all.add(visitor)
    visitor.awaits('request')
    const silent = [...this.#all].filter(({ isSilent }) => isSilent)
    const [oldest] = silent
    // Whoever has forgotten them must not keep an operator out.
    if (oldest !== undefined && silent.length > MAX_SILENT) this.#end(oldest)
  }

  /** It has asked: first one that is stuck goes where there are too many, then any. */
  hasAsked(visitor: Visitor): void {
    visitor.awaits('nothing')
    // The newcomer, however long it has been connected.
    this.#all.delete(visitor)
    if (visitor.socket.destroyed) return
    this.#all.add(visitor)
    const commands = [...this.#all].filter(({ isSilent }) => !isSilent)
    if (commands.length <= MAX_COMMANDS) return
    const stuck = commands.find(({ isStuck }) => isStuck)
    const leaving = stuck ?? commands[0]
    if (leaving === undefined) return
    if (leaving === stuck || leaving.makeRoom === undefined) {
      this.#end(leaving)
      return
    }
    // At once: its end takes a while, in which others come.
    this.#all.delete(leaving)
    leaving.makeRoom()
  }

  endSilent(): void {
    for (const visitor of this.#all) if (visitor.isSilent) this.#end(visitor)
  }

  endAll(): void {
    for (const visitor of this.#all) this.#end(visitor)
  }

  #end(visitor: Visitor): void {
    this.#all.delete(visitor)
    visitor.socket.destroy()
  }
}

/** What the one that makes room is told. */
export const ROOM_TEXT: string = `more than ${MAX_COMMANDS} commands at the same time; this one, the oldest, has made room`
