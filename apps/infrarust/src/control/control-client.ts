import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { ControlError } from './control-error.ts'
import { isTooLong } from './control-socket.ts'
import { readJsonLines, writeJsonLine } from './json-lines.ts'
import {
  ANSWER_LINE_MAX_BYTES,
  CONTROL_VERSION,
  type FromClient,
  type FromServer,
  type Options,
  REQUEST_LINE_MAX_BYTES,
  readFromServer,
} from './protocol.ts'
import { findSocket } from './socket-owner.ts'

/** A proxy that lives says something every two seconds; one that has been stopped or hangs does not. */
const SILENCE_MS = 20_000

export interface ControlCall {
  readonly verb: string
  readonly options: Options
  readonly input: readonly unknown[]
}

/**
 * Asks the running proxy, and gives its items as they come. Whoever stops listening hangs up.
 *
 * @returns once there is a connection; the items then end in {@link ControlError} where not all of them came
 * @throws {ControlError} `absent` where no process listens, `lost` where it went away meanwhile, `unreachable` where that
 *   cannot be told, `untrusted` where it may be somebody else
 */
export async function askProxy(path: string, call: ControlCall): Promise<AsyncIterable<unknown>> {
  return itemsOf(await connected(path), path, call)
}

async function* itemsOf(socket: Socket, path: string, call: ControlCall): AsyncGenerator<unknown, void> {
  let failure: ControlError | undefined
  socket.setTimeout(SILENCE_MS, () => {
    failure ??= new ControlError('silent', `the process behind ${path} does not answer`)
    socket.destroy()
  })
  // A reset is an end like any other here: the answer is complete with its last line or not at all.
  socket.on('error', () => {})
  try {
    void send(socket, call)
    for await (const item of answerOf(socket)) yield item
  } catch (error) {
    throw failure ?? (error instanceof ControlError ? error : lost())
  } finally {
    socket.destroy()
  }
}

async function* answerOf(socket: Socket): AsyncGenerator<unknown, void> {
  for await (const line of readJsonLines(socket, ANSWER_LINE_MAX_BYTES)) {
    const said = readFromServer(line)
    switch (said?.kind) {
      case 'item':
        yield said.value
        break
      case 'end':
        return
      case 'error':
        throw remoteError(said)
      case 'alive':
        break
      case undefined:
        throw new ControlError('protocol', 'the proxy said something that is not understood; is it of another version?')
    }
  }
  throw lost()
}

async function connected(path: string): Promise<Socket> {
  if (isTooLong(path))
    throw new ControlError('unreachable', `${path} is too long for a socket; shorten socket in [control]`)
  const found = findSocket(path)
  const socket = connect(found.path)
  try {
    await once(socket, 'connect')
    return socket
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    // Nobody was ever there, or a process that was killed: only then is it certain that no proxy runs.
    if (code === 'ENOENT' || code === 'ECONNREFUSED') throw new ControlError('absent', `nobody listens on ${path}`)
    // It listened, and ended before it took the connection.
    if (code === 'ECONNRESET') throw lost()
    throw new ControlError('unreachable', `cannot reach the process behind ${path}: ${String(code)}`)
  } finally {
    found.close()
  }
}

/** An error shows itself on the reading side. */
async function send(socket: Socket, { verb, options, input }: ControlCall): Promise<void> {
  const say = (line: FromClient): Promise<void> => writeJsonLine(socket, line, REQUEST_LINE_MAX_BYTES)
  try {
    await say({ kind: 'request', version: CONTROL_VERSION, verb, options })
    for (const value of input) await say({ kind: 'input', value })
    await say({ kind: 'input-end' })
  } catch (error) {
    socket.destroy(error instanceof Error ? error : undefined)
  }
}

function remoteError({ code, message }: Extract<FromServer, { kind: 'error' }>): ControlError {
  return new ControlError(code === 'protocol' ? 'protocol' : 'refused', message)
}

function lost(): ControlError {
  return new ControlError('lost', 'the proxy went away before it had answered')
}
