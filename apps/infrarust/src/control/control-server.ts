import type { Server, Socket } from 'node:net'
import { ControlError } from './control-error.ts'
import { listenOnSocket } from './control-socket.ts'
import { readJsonLines, writeJsonLine } from './json-lines.ts'
import {
  ALIVE_MS,
  ANSWER_LINE_MAX_BYTES,
  CONTROL_VERSION,
  type FromClient,
  type FromServer,
  REQUEST_LINE_MAX_BYTES,
  readFromClient,
} from './protocol.ts'
import type { Verb } from './verb.ts'

/** Commands at the same time; one that follows something stays for hours. */
const MAX_COMMANDS = 64
/** Connections that have not asked for anything yet. They are counted apart, so that no command waits in line with them. */
const MAX_SILENT = 64
/** How long a client may take for its request, which a command sends with its connection. */
const REQUEST_MS = 5_000
/** How long it may take for the next line of its input: whoever has stopped it (Ctrl-Z) may go on. */
const INPUT_MS = 30_000
/** How long one that does not read is kept. */
const UNREAD_MS = 10_000
/** How long those who are being answered when the proxy ends may still take. */
const FAREWELL_MS = 2_000

/** One connection, and how far it is. */
interface Client {
  readonly socket: Socket
  /** Its request, its input, or nothing, while it is being answered. */
  awaited: WaitedFor
}

type WaitedFor = 'request' | 'input' | 'nothing'

/**
 * The side of the control socket that the proxy holds. Each client has its own turn: a slow one keeps nobody waiting, and
 * where there are too many the newcomer is served.
 */
export class ControlServer {
  readonly #server: Server
  /** The oldest first. */
  readonly #serving: Set<Client>
  #closed: Promise<unknown> | undefined

  private constructor(server: Server, serving: Set<Client>) {
    this.#server = server
    this.#serving = serving
  }

  /** @throws {ControlError} `unreachable` or `untrusted` where nobody can listen on that path */
  static async listen(path: string, verbs: readonly Verb[]): Promise<ControlServer> {
    const byName = new Map(verbs.map((verb) => [verb.name, verb]))
    const serving = new Set<Client>()
    const server = await listenOnSocket(path, (socket) => {
      const client: Client = { socket, awaited: 'request' }
      serving.add(client)
      endOldestSilent(serving)
      socket.on('error', () => {})
      socket.on('close', () => serving.delete(client))
      void serve(client, byName, () => endOldestCommand(serving))
    })
    return new ControlServer(server, serving)
  }

  /** The socket is gone at once; answers under way go on, and this resolves when the last of them has ended. */
  async retire(): Promise<void> {
    this.#closed ??= new Promise((resolve) => this.#server.close(resolve))
    await this.#closed
  }

  /** The socket is gone at once, so that the next command sees that nobody is there; answers under way are ended. */
  async close(): Promise<void> {
    const closed = this.retire()
    const farewell = setTimeout(() => {
      for (const { socket } of this.#serving) socket.destroy()
    }, FAREWELL_MS)
    await closed
    clearTimeout(farewell)
  }
}

/** Where there are too many that have asked for nothing: whoever has forgotten them must not keep an operator out. */
function endOldestSilent(serving: Set<Client>): void {
  const silent = [...serving].filter(({ awaited }) => awaited === 'request')
  const [oldest] = silent
  if (oldest === undefined || silent.length <= MAX_SILENT) return
  serving.delete(oldest)
  oldest.socket.destroy()
}

/** Where there are too many commands: first one that does not go on with its input or does not read, then any. */
function endOldestCommand(serving: Set<Client>): void {
  const commands = [...serving].filter(({ awaited }) => awaited !== 'request')
  if (commands.length <= MAX_COMMANDS) return
  // One that has had its answer is about to go.
  const isStuck = ({ socket, awaited }: Client): boolean =>
    awaited === 'input' || socket.writableNeedDrain || !socket.writable
  const stuck = commands.find(isStuck)
  const leaving = stuck ?? commands[0]
  if (leaving === undefined) return
  // At once: its end takes a while, in which others come.
  serving.delete(leaving)
  const { socket } = leaving
  if (leaving === stuck) {
    socket.destroy()
    return
  }
  const message = `more than ${MAX_COMMANDS} commands at the same time; this one, the oldest, has made room`
  socket.write(`${JSON.stringify({ kind: 'error', code: 'refused', message } satisfies FromServer)}\n`)
  hangUp(socket)
}

/** @param hasAsked called with the first line, before it is acted on */
async function serve(client: Client, verbs: ReadonlyMap<string, Verb>, hasAsked: () => void): Promise<void> {
  const { socket } = client
  const say = (line: FromServer): Promise<void> => writeWithin(socket, line)
  try {
    await answer(client, verbs, say, hasAsked)
    await say({ kind: 'end' })
  } catch (error) {
    const code = error instanceof ControlError ? error.code : 'refused'
    const message = error instanceof Error ? error.message : String(error)
    if (!socket.destroyed) await say({ kind: 'error', code, message }).catch(() => {})
  }
  hangUp(socket)
}

/** Input that no verb asked for is read and dropped: closing on it would be a reset, which takes the answer along. */
function hangUp(socket: Socket): void {
  socket.end()
  socket.resume()
  const farewell = setTimeout(() => socket.destroy(), FAREWELL_MS)
  socket.on('close', () => clearTimeout(farewell))
}

async function answer(
  client: Client,
  verbs: ReadonlyMap<string, Verb>,
  say: (line: FromServer) => Promise<void>,
  hasAsked: () => void,
): Promise<void> {
  const { socket } = client
  const lines = readJsonLines(socket, REQUEST_LINE_MAX_BYTES)
  const { verb: name, options } = await readRequest(client, lines)
  hasAsked()
  const verb = verbs.get(name)
  if (verb === undefined) throw new ControlError('protocol', `this proxy knows no ${name}; is it of another version?`)

  const gone = new AbortController()
  socket.on('close', () => gone.abort())
  const alive = setInterval(() => {
    // Not on top of what waits already: then the client hears from us as soon as it reads.
    if (socket.writable && socket.writableLength === 0)
      socket.write(`${JSON.stringify({ kind: 'alive' } satisfies FromServer)}\n`)
  }, ALIVE_MS)
  try {
    for await (const value of verb.run({ options, input: inputOf(client, lines), signal: gone.signal })) {
      await say({ kind: 'item', value })
    }
  } finally {
    clearInterval(alive)
    await lines.return()
  }
}

async function readRequest(client: Client, lines: AsyncGenerator<unknown, void>): Promise<Request> {
  const line = readFromClient(await nextLine(client, lines, 'request', REQUEST_MS))
  if (line?.kind !== 'request') throw new ControlError('protocol', 'the first line is no request')
  if (line.version === CONTROL_VERSION) return line
  throw new ControlError('protocol', `this proxy speaks version ${CONTROL_VERSION} of the control protocol`)
}

type Request = Extract<FromClient, { kind: 'request' }>

async function* inputOf(client: Client, lines: AsyncGenerator<unknown, void>): AsyncGenerator<unknown, void> {
  for (;;) {
    const line = await nextLine(client, lines, 'input', INPUT_MS)
    if (line === undefined) throw new ControlError('lost', 'the client has gone in the middle of its input')
    const read = readFromClient(line)
    if (read?.kind === 'input') yield read.value
    else if (read?.kind === 'input-end') {
      // Read on, or its end would not be noticed while a verb goes on answering.
      client.socket.resume()
      return
    } else throw new ControlError('protocol', 'a line is no input')
  }
}

/** Waits for a whole line, however its bytes come; undefined where there is none any more. */
async function nextLine(
  client: Client,
  lines: AsyncGenerator<unknown, void>,
  awaited: WaitedFor,
  withinMs: number,
): Promise<unknown> {
  const late = setTimeout(() => client.socket.destroy(), withinMs)
  client.awaited = awaited
  try {
    return (await lines.next()).value
  } finally {
    client.awaited = 'nothing'
    clearTimeout(late)
  }
}

async function writeWithin(socket: Socket, line: FromServer): Promise<void> {
  const slow = setTimeout(() => socket.destroy(), UNREAD_MS)
  try {
    await writeJsonLine(socket, line, ANSWER_LINE_MAX_BYTES)
  } finally {
    clearTimeout(slow)
  }
}
