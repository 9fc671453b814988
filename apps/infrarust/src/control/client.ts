import { once } from 'node:events'
import { Agent, type ClientRequestArgs, type IncomingMessage, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import * as v from 'valibot'
import type { DataVerb, RequestSchema, Sent, StreamVerb, Verb } from '../verbs/verb.ts'
import { STATUS_OF, VerbError, type VerbErrorCode } from '../verbs/verb-error.ts'
import { BASE } from './base.ts'
import { ControlError } from './control-error.ts'
import { isInQuery } from './request-fields.ts'
import { findSocket } from './socket-owner.ts'
import { isTooLong } from './socket-path.ts'
import { cannotConnect } from './socket-problem.ts'
import { readEvents } from './sse.ts'

/** A proxy that lives says something every two seconds; one that has been stopped or hangs does not. */
const SILENCE_MS = 20_000

/**
 * Asks the running proxy; one request after the other goes over the same connection. What it throws is a `VerbError` where
 * the proxy has answered so, else a `ControlError`:
 *
 * - `absent` where no process listens: nothing of the request has been done, by anybody
 * - `lost` where it went away before its answer was complete: it may have been done or not
 * - `silent` where it is there and says nothing
 * - `unreachable`, `untrusted`, `protocol`
 */
export class ControlClient {
  readonly #path: string
  readonly #agent: Agent

  constructor(path: string) {
    this.#path = path
    this.#agent = new SocketAgent(path)
  }

  /** @param lines the body of a verb that takes lines */
  async ask<Request extends RequestSchema, Result extends v.GenericSchema>(
    verb: DataVerb<never, Request, Result>,
    asked: v.InferInput<Request>,
    lines?: readonly unknown[],
  ): Promise<Sent<Result>> {
    const response = await this.#send(verb, asked, lines)
    const said = parse(await whole(response))
    if (response.statusCode !== (verb.status ?? 200)) throw remoteError(said)
    return checked(verb.result, typeof said === 'object' && said !== null && 'data' in said ? said.data : undefined)
  }

  /** What happens from now on; ends in `ControlError` or `VerbError` unless the proxy says that there is no more. */
  async *follow<Request extends RequestSchema, Result extends v.GenericSchema>(
    verb: StreamVerb<never, Request, Result>,
    asked: v.InferInput<Request>,
  ): AsyncGenerator<Sent<Result>, void> {
    const response = await this.#send(verb, asked)
    if (response.statusCode !== 200) throw remoteError(parse(await whole(response)))
    for await (const { name, data } of readEvents(piecesOf(response))) {
      if (name === 'end') return
      const said = parse(data)
      if (name === 'error') throw remoteError({ error: said })
      yield checked(verb.result, said)
    }
    throw lost()
  }

  /** Hangs up; nothing may be asked afterwards. */
  close(): void {
    this.#agent.destroy()
  }

  async #send(verb: Verb, asked: object, lines?: readonly unknown[]): Promise<IncomingMessage> {
    const { path, body } = written(verb, asked, lines)
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const sent = request({ agent: this.#agent, host: 'infrarust', method: verb.method, path })
    sent.on('response', resolve)
    // What comes after the answer has begun shows in the answer.
    sent.on('error', (error) => reject(whatHappened(error)))
    sent.setTimeout(SILENCE_MS, () => {
      sent.destroy(new ControlError('silent', `the process behind ${this.#path} does not answer`))
    })
    if (body !== undefined)
      sent.setHeader('content-type', lines === undefined ? 'application/json' : 'application/x-ndjson')
    sent.end(body)
    return promise
  }
}

/** Connects as commands do: to nobody but the proxy. */
class SocketAgent extends Agent {
  readonly #path: string

  constructor(path: string) {
    super({ keepAlive: true, maxSockets: 1 })
    this.#path = path
  }

  override createConnection(
    _: ClientRequestArgs,
    done?: (error: Error | null, socket: Duplex) => void,
  ): Duplex | null | undefined {
    connected(this.#path).then(
      (socket) => done?.(null, socket),
      // With an error there is no socket, which the type does not know.
      (error) => done?.(error, undefined as never),
    )
    return undefined
  }
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
    throw new ControlError('unreachable', cannotConnect(path, error))
  } finally {
    found.close()
  }
}

/** A request as it is sent. */
function written(verb: Verb, asked: object, lines: readonly unknown[] | undefined) {
  const fields = new Map(Object.entries(asked).filter(([, value]) => value !== undefined && value !== null))
  const path = verb.path.replaceAll(/:(\w+)/g, (_, name: string) => {
    const value = String(fields.get(name))
    fields.delete(name)
    return encodeURIComponent(value)
  })
  if (!isInQuery(verb)) return { path: BASE + path, body: JSON.stringify(Object.fromEntries(fields)) }
  const query = new URLSearchParams(Object.fromEntries([...fields].map(([name, value]) => [name, String(value)])))
  const body = lines?.map((line) => `${JSON.stringify(line)}\n`).join('')
  return { path: `${BASE}${path}${query.size === 0 ? '' : `?${query}`}`, body }
}

async function whole(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const piece of piecesOf(response)) text += piece
  return text
}

async function* piecesOf(response: IncomingMessage): AsyncGenerator<string, void> {
  response.setEncoding('utf8')
  try {
    for await (const piece of response) yield String(piece)
  } catch (error) {
    throw whatHappened(error)
  }
  if (!response.complete) throw lost()
}

/** Of an error of `node:http`: what ends before the answer does is lost, however it shows itself. */
function whatHappened(error: unknown): ControlError {
  if (error instanceof ControlError) return error
  if (!(error instanceof Error) || !('code' in error) || !String(error.code).startsWith('HPE_')) return lost()
  const bytes = 'rawPacket' in error && Buffer.isBuffer(error.rawPacket) ? error.rawPacket.toString('latin1') : ''
  // Proxies before the API answered with JSON, an object a line.
  if (bytes.startsWith('{'))
    return new ControlError(
      'protocol',
      'the running proxy is older than this command; restart it, or use the infrarust command of its version',
    )
  return notUnderstood()
}

/** @throws {ControlError} `protocol` where it is something else than this schema says */
function checked<Schema extends v.GenericSchema>(schema: Schema, said: unknown): Sent<Schema>
function checked(schema: v.GenericSchema, said: unknown): unknown {
  const read = v.safeParse(schema, said)
  if (!read.success) throw notUnderstood()
  return read.output
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw notUnderstood()
  }
}

const ERROR = v.object({ error: v.object({ code: v.string(), message: v.string() }) })

function remoteError(said: unknown): Error {
  const read = v.safeParse(ERROR, said)
  if (!read.success) return notUnderstood()
  const { code, message } = read.output.error
  return new VerbError(isKnown(code) ? code : 'internal', message)
}

function isKnown(code: string): code is VerbErrorCode {
  return Object.hasOwn(STATUS_OF, code)
}

function notUnderstood(): ControlError {
  return new ControlError('protocol', 'the proxy said something that is not understood; is it of another version?')
}

function lost(): ControlError {
  return new ControlError('lost', 'the proxy went away before it had answered')
}
