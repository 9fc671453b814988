import { readFile } from 'node:fs/promises'
import { Agent, get as getPlain, type IncomingMessage, type RequestOptions } from 'node:http'
import { get as getTls, Agent as TlsAgent } from 'node:https'
import type { DockerEndpoint, DockerTls } from '@infrarust/core'
import { type Container, readContainer, readLabelMap } from './container.ts'
import { EngineError, refused, unreachable } from './errors.ts'
import { at, listOf, textAt } from './json.ts'

/** A container as `GET /containers/json` lists it: enough to see whether it is worth a closer look. */
export interface ListedContainer {
  readonly id: string
  readonly labels: ReadonlyMap<string, string>
  readonly networkMode: string
}

/** Everything the engine has at one moment. */
export interface ContainerList {
  /** The engine's clock, epoch milliseconds; whole seconds. */
  readonly atMs: number
  readonly containers: readonly ListedContainer[]
}

/** What `events` tells; ids are of containers. */
export type ContainerEvent = { readonly containerId: string }

/** A request that is not answered by then is not going to be. */
const ANSWER_MS = 10_000
const NO_ANSWER = `no answer within ${ANSWER_MS / 1000} s`

/** The events after which a server may be another one. Those of `exec`, which every health check makes, are left out. */
const EVENT_FILTERS = JSON.stringify({
  type: ['container', 'network'],
  event: [
    ...['start', 'die', 'stop', 'pause', 'unpause', 'rename', 'update', 'health_status', 'destroy'],
    ...['connect', 'disconnect'],
  ],
})

/**
 * One Docker Engine, by the four requests that the proxy makes: `/_ping`, `/events`, `/containers/json` and
 * `/containers/{id}/json`. A client library would bring SSH and gRPC along for them. Paths carry no version, so each engine
 * answers with its own.
 *
 * @see https://docs.docker.com/reference/api/engine/
 */
export class Engine {
  readonly #endpoint: DockerEndpoint
  readonly #agent: Agent | TlsAgent
  readonly #tls: Readonly<Record<string, Buffer>>

  private constructor(endpoint: DockerEndpoint, tls: Readonly<Record<string, Buffer>>) {
    this.#endpoint = endpoint
    this.#tls = tls
    const options = { keepAlive: true, maxSockets: 8 }
    this.#agent = isTls(endpoint) ? new TlsAgent(options) : new Agent(options)
  }

  /**
   * Reads the TLS files again for every connection: certificates are renewed under a running proxy.
   *
   * @throws EngineError where one cannot be read
   */
  static async open(endpoint: DockerEndpoint, files: DockerTls): Promise<Engine> {
    const tls: Record<string, Buffer> = {}
    for (const [name, path] of Object.entries(files)) {
      if (path === undefined) continue
      try {
        tls[name] = await readFile(path)
      } catch (cause) {
        throw new EngineError('unreachable', `tls.${name} cannot be read: ${String(cause)}`, { cause })
      }
    }
    const isEncrypted = endpoint.kind === 'tcp' && (endpoint.isTls || Object.keys(tls).length > 0)
    return new Engine(endpoint.kind === 'tcp' ? { ...endpoint, isTls: isEncrypted } : endpoint, tls)
  }

  close(): void {
    this.#agent.destroy()
  }

  /** The engine's clock, epoch milliseconds, from the header that every answer has: its clock need not be ours. */
  async clock(signal: AbortSignal): Promise<number> {
    const { response } = await this.#text('/_ping', signal)
    return dateOf(response)
  }

  async list(signal: AbortSignal): Promise<ContainerList> {
    const { response, text } = await this.#text('/containers/json?all=1', signal)
    const containers = listOf(parseJson('/containers/json', text)).flatMap((listed) => {
      const id = textAt(listed, 'Id')
      if (id === undefined) return []
      const networkMode = textAt(listed, 'HostConfig', 'NetworkMode') ?? ''
      return [{ id, labels: readLabelMap(at(listed, 'Labels')), networkMode }]
    })
    return { atMs: dateOf(response), containers }
  }

  /** Undefined where the container is gone by now. */
  async inspect(id: string, signal: AbortSignal): Promise<Container | undefined> {
    const path = `/containers/${encodeURIComponent(id)}/json`
    try {
      const { text } = await this.#text(path, signal)
      return readContainer(parseJson(path, text))
    } catch (cause) {
      if (cause instanceof EngineError && cause.status === 404) return undefined
      throw cause
    }
  }

  /**
   * Subscribes to everything that may change a server.
   *
   * @param sinceMs the engine sends what happened since, too: it answers a moment before its subscription stands
   * @returns once the engine has answered; `ended` rejects when the stream is over, never resolves
   */
  async events(
    sinceMs: number,
    onEvent: (event: ContainerEvent) => void,
    signal: AbortSignal,
  ): Promise<{ readonly ended: Promise<never> }> {
    const query = new URLSearchParams({ since: String(Math.floor(sinceMs / 1000)), filters: EVENT_FILTERS })
    const response = await this.#get(`/events?${query}`, signal, false)
    // A peer that vanished without a word (a machine without power) is noticed by the kernel.
    response.socket.setKeepAlive(true, 30_000)
    const ended = new Promise<never>((_, reject) => {
      response.on('error', (cause) => reject(unreachable(cause)))
      response.on('close', () => reject(new EngineError('ended', 'it closed the stream of events')))
    })
    // Whoever waits is told; nobody waiting is no reason to end the process.
    ended.catch(() => {})
    onLine(response, (line) => {
      const containerId = containerOf(line)
      if (containerId !== undefined) onEvent({ containerId })
    })
    return { ended }
  }

  async #text(
    path: string,
    signal: AbortSignal,
  ): Promise<{ readonly response: IncomingMessage; readonly text: string }> {
    const response = await this.#get(path, signal, true)
    response.setTimeout(ANSWER_MS, () => response.destroy(new Error(NO_ANSWER)))
    try {
      return { response, text: await textOf(response) }
    } catch (cause) {
      throw unreachable(cause)
    }
  }

  /** The answer's body is not read yet; anything but success throws. */
  #get(path: string, signal: AbortSignal, isShort: boolean): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const get = isTls(this.#endpoint) ? getTls : getPlain
    const target: RequestOptions =
      this.#endpoint.kind === 'unix'
        ? { socketPath: this.#endpoint.socketPath, host: 'docker' }
        : { host: this.#endpoint.host, port: this.#endpoint.port }
    let noAnswer: NodeJS.Timeout | undefined
    const request = get({ ...target, ...this.#tls, path, signal, agent: isShort ? this.#agent : false }, (response) => {
      clearTimeout(noAnswer)
      if (response.statusCode === 200) return resolve(response)
      textOf(response).then(
        (text) => reject(refused(pathOnly(path), response.statusCode ?? 0, messageIn(text))),
        (cause) => reject(unreachable(cause)),
      )
    })
    noAnswer = setTimeout(() => request.destroy(new Error(NO_ANSWER)), ANSWER_MS)
    request.on('error', (cause) => {
      clearTimeout(noAnswer)
      reject(unreachable(cause))
    })
    return promise
  }
}

function isTls(endpoint: DockerEndpoint): boolean {
  return endpoint.kind === 'tcp' && endpoint.isTls
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of response) if (Buffer.isBuffer(chunk)) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/** Without an interface of its own that would throw the stream's errors again. */
function onLine(response: IncomingMessage, take: (line: string) => void): void {
  let rest = ''
  response.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  })
}

function dateOf(response: IncomingMessage): number {
  const date = Date.parse(response.headers.date ?? '')
  return Number.isNaN(date) ? Math.floor(Date.now() / 1000) * 1000 : date
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new EngineError('refused', `it answers GET ${path} with something else than JSON; is that a Docker Engine?`, {
      cause,
    })
  }
}

/** Network events are about a network and name the container beside it. */
function containerOf(line: string): string | undefined {
  let event: unknown
  try {
    event = JSON.parse(line)
  } catch {
    return undefined
  }
  return textAt(event, 'Type') === 'network'
    ? textAt(event, 'Actor', 'Attributes', 'container')
    : textAt(event, 'Actor', 'ID')
}

/** The engine explains itself as `{"message": "…"}`, a socket proxy with HTML or plain text. */
function messageIn(text: string): string {
  try {
    return textAt(JSON.parse(text), 'message') ?? ''
  } catch {
    return text.startsWith('<') ? '' : text
  }
}

function pathOnly(path: string): string {
  return path.replace(/\?.*$/, '')
}
