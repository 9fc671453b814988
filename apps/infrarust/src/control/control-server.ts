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
const MAX_CLIENTS = 64
/** How long a client may take for its request, and how long one that does not read is kept. */
const PATIENCE_MS = 10_000
/** How long those who are being answered when the proxy ends may still take. */
const FAREWELL_MS = 2_000

/** The side of the control socket that the proxy holds. Each client has its own turn: a slow one keeps nobody waiting. */
export class ControlServer {
  readonly #server: Server
  readonly #serving: Set<Socket>
  #closed: Promise<unknown> | undefined

  private constructor(server: Server, serving: Set<Socket>) {
    this.#server = server
    this.#serving = serving
  }

  /** @throws {ControlError} `unreachable` where nobody can listen on that path */
  static async listen(path: string, verbs: readonly Verb[]): Promise<ControlServer> {
    const byName = new Map(verbs.map((verb) => [verb.name, verb]))
    const serving = new Set<Socket>()
    const server = await listenOnSocket(path, (socket) => {
      serving.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => serving.delete(socket))
      void serve(socket, byName, serving.size > MAX_CLIENTS)
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
      for (const socket of this.#serving) socket.destroy()
    }, FAREWELL_MS)
    await closed
    clearTimeout(farewell)
  }
}

async function serve(socket: Socket, verbs: ReadonlyMap<string, Verb>, isCrowded: boolean): Promise<void> {
  const say = (line: FromServer): Promise<void> => writeWithin(socket, line)
  try {
    if (isCrowded) throw new ControlError('refused', `more than ${MAX_CLIENTS} commands at the same time`)
    await answer(socket, verbs, say)
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
  socket: Socket,
  verbs: ReadonlyMap<string, Verb>,
  say: (line: FromServer) => Promise<void>,
): Promise<void> {
  const lines = readJsonLines(socket, REQUEST_LINE_MAX_BYTES)
  const { verb: name, options } = await readRequest(socket, lines)
  const verb = verbs.get(name)
  if (verb === undefined) throw new ControlError('protocol', `this proxy knows no ${name}; is it of another version?`)

  const gone = new AbortController()
  socket.on('close', () => gone.abort())
  const alive = setInterval(() => {
    // Not on top of what waits already: then the client hears from us as soon as it reads.
    if (socket.writableLength === 0) socket.write(`${JSON.stringify({ kind: 'alive' } satisfies FromServer)}\n`)
  }, ALIVE_MS)
  try {
    for await (const value of verb.run({ options, input: inputOf(socket, lines), signal: gone.signal })) {
      await say({ kind: 'item', value })
    }
  } finally {
    clearInterval(alive)
    await lines.return()
  }
}

async function readRequest(socket: Socket, lines: AsyncGenerator<unknown, void>): Promise<Request> {
  const late = setTimeout(() => socket.destroy(), PATIENCE_MS)
  try {
    const line = readFromClient((await lines.next()).value)
    if (line?.kind !== 'request') throw new ControlError('protocol', 'the first line is no request')
    if (line.version === CONTROL_VERSION) return line
    throw new ControlError('protocol', `this proxy speaks version ${CONTROL_VERSION} of the control protocol`)
  } finally {
    clearTimeout(late)
  }
}

type Request = Extract<FromClient, { kind: 'request' }>

async function* inputOf(socket: Socket, lines: AsyncGenerator<unknown, void>): AsyncGenerator<unknown, void> {
  for await (const line of lines) {
    const read = readFromClient(line)
    if (read?.kind === 'input') yield read.value
    else if (read?.kind === 'input-end') {
      // Read on, or its end would not be noticed while a verb goes on answering.
      socket.resume()
      return
    } else throw new ControlError('protocol', 'a line is no input')
  }
  throw new ControlError('lost', 'the client has gone in the middle of its input')
}

async function writeWithin(socket: Socket, line: FromServer): Promise<void> {
  const slow = setTimeout(() => socket.destroy(), PATIENCE_MS)
  try {
    await writeJsonLine(socket, line, ANSWER_LINE_MAX_BYTES)
  } finally {
    clearTimeout(slow)
  }
}
