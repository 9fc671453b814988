import { constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { Agent, IncomingMessage } from 'node:http'
import { Agent as TlsAgent } from 'node:https'
import { resolve as resolvePath } from 'node:path'
import { endpointText } from '@infrarust/core'
import type Docker from 'dockerode'
import type { DockerOptions } from 'dockerode'
import {
  bytesOf,
  LONGEST_CONTAINER_BYTES,
  LONGEST_LIST_BYTES,
  LONGEST_OUTPUT_BYTES,
  LONGEST_REFUSAL_BYTES,
  textOf,
} from './answer.ts'
import type { DockerEndpoint } from './docker-endpoint.ts'
import type { DockerTls } from './docker-tls.ts'
import { EngineError, refused, unreachable } from './errors.ts'
import { parseJson } from './json.ts'

/** A request that is not answered by then is not going to be. */
const ANSWER_MS = 10_000

/** A whole store of authorities is a quarter of it. */
const LONGEST_PEM_BYTES = 1_048_576

/** An engine answers for a container in milliseconds, unless it is stuck with that one: a mount that hangs, a slow start. */
const INSPECT_MS = 2_000

/** An order to start: images are there by then, and a volume on a slow disk takes its time. */
const ORDER_MS = 60_000

/** What becomes of a container at an order. */
export type ContainerOrder = 'start' | 'stop' | 'pause' | 'unpause'

/** The requests that the proxy makes of one endpoint, through dockerode. Everything throws `EngineError`. */
export class EngineClient {
  readonly #docker: Docker
  readonly #agent: Agent

  private constructor(docker: Docker, agent: Agent) {
    this.#docker = docker
    this.#agent = agent
  }

  /**
   * Reads the TLS files; again for every connection, because certificates are renewed under a running proxy.
   *
   * @param baseDir where their relative paths begin
   */
  static async open(endpoint: DockerEndpoint, files: DockerTls, baseDir: string): Promise<EngineClient> {
    const tls = await readTls(files, baseDir)
    const isTls = endpoint.kind === 'tcp' && (endpoint.isTls || Object.keys(tls).length > 0)
    const pool = { keepAlive: true, maxSockets: 9 }
    const agent = isTls ? new TlsAgent({ ...pool, ...tls }) : new Agent(pool)
    // Loaded here, because a proxy without [docker] has no use for it and its dependencies.
    const { default: Client } = await import('dockerode')
    try {
      return new EngineClient(new Client(options(endpoint, isTls, tls, agent)), agent)
    } catch (cause) {
      throw unreachable(cause)
    }
  }

  close(): void {
    this.#agent.destroy()
  }

  /** The `Date` of an answer to `GET /_ping`, epoch milliseconds; undefined where it has none. */
  async date(signal: AbortSignal): Promise<number | undefined> {
    return await answered(signal, async (abortSignal) => {
      const answer = await this.#get('/_ping', {}, abortSignal)
      // Read to its end, so that the connection serves the next request too.
      await textOf(answer, '/_ping', LONGEST_REFUSAL_BYTES)
      const date = Date.parse(answer.headers.date ?? '')
      return Number.isNaN(date) ? undefined : date
    })
  }

  /** What `GET /containers/json?all=1` holds; undefined where it is not JSON. */
  list(signal: AbortSignal): Promise<unknown> {
    const path = '/containers/json'
    return answered(signal, (abortSignal) => this.#json(path, { all: 1 }, LONGEST_LIST_BYTES, abortSignal))
  }

  /** What `GET /containers/{id}/json` holds; undefined where it is not JSON. */
  inspect(id: string, signal: AbortSignal): Promise<unknown> {
    const path = `/containers/${encodeURIComponent(id)}/json`
    const inspect = (abortSignal: AbortSignal) => this.#json(path, {}, LONGEST_CONTAINER_BYTES, abortSignal)
    return answered(signal, inspect, INSPECT_MS)
  }

  /**
   * `POST /containers/{id}/…`, to its end; one that is so already is fine.
   *
   * @param withinMs for the answer, which to a stop comes only when the container has ended
   */
  order(id: string, order: ContainerOrder, signal: AbortSignal, withinMs: number = ORDER_MS): Promise<void> {
    const path = `/containers/${encodeURIComponent(id)}/${order}`
    const send = async (abortSignal: AbortSignal): Promise<void> => {
      await textOf(await this.#ask('POST', path, {}, abortSignal), path, LONGEST_REFUSAL_BYTES)
    }
    return answered(signal, send, withinMs)
  }

  /** The last bytes that a container wrote, as `GET /containers/{id}/logs` has them. */
  output(id: string, lines: number, signal: AbortSignal): Promise<Buffer> {
    const path = `/containers/${encodeURIComponent(id)}/logs`
    const query = { stdout: 1, stderr: 1, tail: lines }
    return answered(
      signal,
      async (abortSignal) => bytesOf(await this.#get(path, query, abortSignal), path, LONGEST_OUTPUT_BYTES),
      INSPECT_MS,
    )
  }

  /** The open answer to `GET /events`, until the signal aborts. */
  async events(sinceSeconds: number, filters: string, signal: AbortSignal): Promise<IncomingMessage> {
    const over = new AbortController()
    signal.addEventListener('abort', () => over.abort(), { once: true })
    const late = setTimeout(() => over.abort(), ANSWER_MS)
    try {
      return await this.#get('/events', { since: sinceSeconds, filters }, over.signal)
    } catch (cause) {
      throw failure(cause, !signal.aborted && over.signal.aborted ? ANSWER_MS : undefined)
    } finally {
      clearTimeout(late)
    }
  }

  async #json(path: string, query: Query, longestBytes: number, signal: AbortSignal): Promise<unknown> {
    return parseJson(await textOf(await this.#get(path, query, signal), path, longestBytes))
  }

  #get(path: string, query: Query, abortSignal: AbortSignal): Promise<IncomingMessage> {
    return this.#ask('GET', path, query, abortSignal)
  }

  /**
   * The open answer to a request, if it is a success. dockerode's own methods read any answer to its end, however long it
   * is, a refusal too: so every status is one that it knows.
   */
  async #ask(method: Method, path: string, query: Query, abortSignal: AbortSignal): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    // It writes the query behind a question mark at the end, and cuts off whatever else stands there.
    const target = Object.keys(query).length === 0 ? { path } : { path: `${path}?`, options: query }
    const request = { ...target, method, isStream: true, statusCodes: EVERY_STATUS, abortSignal }
    this.#docker.modem.dial(request, (error: unknown, answer: unknown) => (error ? reject(error) : resolve(answer)))
    const answer = await promise
    if (!(answer instanceof IncomingMessage)) throw new EngineError('refused', 'it does not answer in HTTP')
    const { statusCode = 0 } = answer
    if (SUCCESSES.has(statusCode)) return answer
    throw refused(method, path, statusCode, await textOf(answer, path, LONGEST_REFUSAL_BYTES).catch(() => ''))
  }
}

type Method = 'GET' | 'POST'

/** 204: done. 304: it was so already. */
const SUCCESSES: ReadonlySet<number> = new Set([200, 204, 304])

type Query = Readonly<Record<string, string | number | boolean>>

const EVERY_STATUS: Readonly<Record<number, true>> = Object.fromEntries(
  Array.from({ length: 1_000 }, (_, status) => [status, true] as const),
)

/**
 * dockerode fills in from the environment what it is not told, where `[docker]` has looked already; and it takes an
 * agent, which its types leave out.
 */
function options(
  endpoint: DockerEndpoint,
  isTls: boolean,
  tls: Readonly<Record<string, Buffer>>,
  agent: Agent,
): DockerOptions & { readonly agent: Agent } {
  const untold = { ca: undefined, cert: undefined, key: undefined, timeout: undefined, ...tls, agent }
  if (endpoint.kind === 'unix') {
    return { ...untold, protocol: 'http', socketPath: endpoint.socketPath, host: undefined, port: undefined }
  }
  return {
    ...untold,
    protocol: isTls ? 'https' : 'http',
    host: endpointText({ host: endpoint.host }),
    port: endpoint.port,
  }
}

async function readTls(files: DockerTls, baseDir: string): Promise<Readonly<Record<string, Buffer>>> {
  const tls: Record<string, Buffer> = {}
  for (const [name, path] of Object.entries(files)) {
    if (path === undefined) continue
    try {
      tls[name] = await readPem(resolvePath(baseDir, path))
    } catch (cause) {
      throw new EngineError('unreachable', `tls.${name} cannot be read: ${String(cause)}`, { cause })
    }
  }
  return tls
}

/** Never waits for a pipe that nobody writes, and opens no device. */
async function readPem(path: string): Promise<Buffer> {
  if (!(await stat(path)).isFile()) throw new Error('it is no regular file')
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  try {
    // Another file may have taken the name since.
    if (!(await file.stat()).isFile()) throw new Error('it is no regular file')
    const bytes = Buffer.alloc(LONGEST_PEM_BYTES + 1)
    const { bytesRead } = await file.read(bytes)
    if (bytesRead > LONGEST_PEM_BYTES) throw new Error('it is longer than 1 MiB')
    return bytes.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

async function answered<Answer>(
  signal: AbortSignal,
  request: (signal: AbortSignal) => Promise<Answer>,
  withinMs = ANSWER_MS,
): Promise<Answer> {
  const late = AbortSignal.timeout(withinMs)
  try {
    return await request(AbortSignal.any([signal, late]))
  } catch (cause) {
    throw failure(cause, late.aborted && !signal.aborted ? withinMs : undefined)
  }
}

/** @param waitedMs how long in vain, where that is why */
function failure(cause: unknown, waitedMs: number | undefined): EngineError {
  if (waitedMs !== undefined) return new EngineError('late', `no answer within ${waitedMs / 1000} s`, { cause })
  return cause instanceof EngineError ? cause : unreachable(cause)
}
