import { readFile } from 'node:fs/promises'
import { Agent, IncomingMessage } from 'node:http'
import { Agent as TlsAgent } from 'node:https'
import { resolve as resolvePath } from 'node:path'
import type { DockerEndpoint, DockerTls } from '@infrarust/core'
import type Docker from 'dockerode'
import type { DockerOptions } from 'dockerode'
import { EngineError, refused, unreachable } from './errors.ts'

/** A request that is not answered by then is not going to be. */
const ANSWER_MS = 10_000

/** An engine answers for a container in milliseconds, unless it is stuck with that one: a mount that hangs, a slow start. */
const INSPECT_MS = 2_000

/** The four requests that the proxy makes of one endpoint, through dockerode. Everything throws `EngineError`. */
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
    const answer = await answered('/_ping', signal, (abortSignal) => this.#dial('/_ping', abortSignal))
    if (!(answer instanceof IncomingMessage)) return undefined
    answer.resume()
    const date = Date.parse(answer.headers.date ?? '')
    return Number.isNaN(date) ? undefined : date
  }

  /** What `GET /containers/json?all=1` holds; bytes where it is not JSON. */
  list(signal: AbortSignal): Promise<unknown> {
    return answered('/containers/json', signal, (abortSignal) =>
      this.#docker.listContainers({ all: true, abortSignal }),
    )
  }

  /** What `GET /containers/{id}/json` holds; bytes where it is not JSON. */
  inspect(id: string, signal: AbortSignal): Promise<unknown> {
    const inspect = (abortSignal: AbortSignal) =>
      this.#docker.getContainer(encodeURIComponent(id)).inspect({ abortSignal })
    return answered(`/containers/${id}/json`, signal, inspect, INSPECT_MS)
  }

  /** The open answer to `GET /events`, until the signal aborts. */
  async events(sinceSeconds: number, filters: string, signal: AbortSignal): Promise<NodeJS.ReadableStream> {
    const over = new AbortController()
    signal.addEventListener('abort', () => over.abort(), { once: true })
    const late = setTimeout(() => over.abort(), ANSWER_MS)
    try {
      return await this.#docker.getEvents({ since: sinceSeconds, filters, abortSignal: over.signal })
    } catch (cause) {
      throw failure('/events', cause, !signal.aborted && over.signal.aborted ? ANSWER_MS : undefined)
    } finally {
      clearTimeout(late)
    }
  }

  /** For the headers, which dockerode's own methods keep to themselves. */
  #dial(path: string, abortSignal: AbortSignal): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const request = { path, method: 'GET', isStream: true, statusCodes: { 200: true }, abortSignal }
    this.#docker.modem.dial(request, (error: unknown, answer: unknown) => (error ? reject(error) : resolve(answer)))
    return promise
  }
}

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
  const host = endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host
  return { ...untold, protocol: isTls ? 'https' : 'http', host, port: endpoint.port }
}

async function readTls(files: DockerTls, baseDir: string): Promise<Readonly<Record<string, Buffer>>> {
  const tls: Record<string, Buffer> = {}
  for (const [name, path] of Object.entries(files)) {
    if (path === undefined) continue
    try {
      tls[name] = await readFile(resolvePath(baseDir, path))
    } catch (cause) {
      throw new EngineError('unreachable', `tls.${name} cannot be read: ${String(cause)}`, { cause })
    }
  }
  return tls
}

async function answered<Answer>(
  path: string,
  signal: AbortSignal,
  request: (signal: AbortSignal) => Promise<Answer>,
  withinMs = ANSWER_MS,
): Promise<Answer> {
  const late = AbortSignal.timeout(withinMs)
  try {
    return await request(AbortSignal.any([signal, late]))
  } catch (cause) {
    throw failure(path, cause, late.aborted && !signal.aborted ? withinMs : undefined)
  }
}

/** @param waitedMs how long in vain, where that is why */
function failure(path: string, cause: unknown, waitedMs: number | undefined): EngineError {
  if (waitedMs !== undefined) return new EngineError('late', `no answer within ${waitedMs / 1000} s`, { cause })
  const status = cause instanceof Error && 'statusCode' in cause ? cause.statusCode : undefined
  return typeof status === 'number' ? refused(path, status, bodyOf(cause)) : unreachable(cause)
}

/** dockerode keeps the body of a refusal, but of a stream's only in its message: `(HTTP code 403) unexpected - body`. */
function bodyOf(cause: unknown): string {
  if (!(cause instanceof Error)) return ''
  const body = 'json' in cause ? cause.json : undefined
  if (Buffer.isBuffer(body)) return body.toString('utf8')
  return body ? JSON.stringify(body) : cause.message.replace(/^\(HTTP code \d+\) [^-]* - /, '').trim()
}
