import { readFile } from 'node:fs/promises'
import { Agent, get as getPlain, type IncomingMessage, type RequestOptions } from 'node:http'
import { get as getTls, Agent as TlsAgent } from 'node:https'
import { resolve as resolvePath } from 'node:path'
import type { DockerEndpoint, DockerTls } from '@infrarust/core'
import { EngineError, refused, unreachable } from './errors.ts'

/** A request that is not answered by then is not going to be. */
const ANSWER_MS = 10_000
const NO_ANSWER = `no answer within ${ANSWER_MS / 1000} s`

/** GET requests to one endpoint: a socket, plain TCP, or TLS. */
export class HttpClient {
  readonly #target: RequestOptions
  readonly #isTls: boolean
  readonly #agent: Agent

  private constructor(endpoint: DockerEndpoint, tls: Readonly<Record<string, Buffer>>) {
    this.#isTls = endpoint.kind === 'tcp' && (endpoint.isTls || Object.keys(tls).length > 0)
    // The host of a socket is only a header, which Go's server wants.
    this.#target =
      endpoint.kind === 'unix'
        ? { socketPath: endpoint.socketPath, host: 'docker' }
        : { host: endpoint.host, port: endpoint.port, ...tls }
    const options = { keepAlive: true, maxSockets: 8 }
    this.#agent = this.#isTls ? new TlsAgent(options) : new Agent(options)
  }

  /**
   * Reads the TLS files; again for every connection, because certificates are renewed under a running proxy.
   *
   * @param baseDir where their relative paths begin
   * @throws EngineError where one cannot be read
   */
  static async open(endpoint: DockerEndpoint, files: DockerTls, baseDir: string): Promise<HttpClient> {
    const tls: Record<string, Buffer> = {}
    for (const [name, path] of Object.entries(files)) {
      if (path === undefined) continue
      try {
        tls[name] = await readFile(resolvePath(baseDir, path))
      } catch (cause) {
        throw new EngineError('unreachable', `tls.${name} cannot be read: ${String(cause)}`, { cause })
      }
    }
    return new HttpClient(endpoint, tls)
  }

  close(): void {
    this.#agent.destroy()
  }

  /**
   * An answer without its body, over a connection of its own, which lasts until the signal aborts.
   *
   * @throws EngineError for anything but success
   */
  stream(path: string, signal: AbortSignal): Promise<IncomingMessage> {
    return this.#get(path, { signal, agent: false })
  }

  /**
   * An answer and its whole body.
   *
   * @throws EngineError for anything but success
   */
  async text(
    path: string,
    signal: AbortSignal,
  ): Promise<{ readonly response: IncomingMessage; readonly text: string }> {
    const response = await this.#get(path, { signal, agent: this.#agent })
    response.setTimeout(ANSWER_MS, () => response.destroy(new Error(NO_ANSWER)))
    try {
      return { response, text: await bodyOf(response) }
    } catch (cause) {
      throw unreachable(cause)
    }
  }

  #get(path: string, options: RequestOptions): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const get = this.#isTls ? getTls : getPlain
    const request = get({ ...this.#target, ...options, path })
    const noAnswer = setTimeout(() => request.destroy(new Error(NO_ANSWER)), ANSWER_MS)
    request.on('response', (response) => {
      clearTimeout(noAnswer)
      if (response.statusCode === 200) return resolve(response)
      bodyOf(response).then(
        (text) => reject(refused(path, response.statusCode ?? 0, text)),
        (cause) => reject(unreachable(cause)),
      )
    })
    request.on('error', (cause) => {
      clearTimeout(noAnswer)
      reject(unreachable(cause))
    })
    return promise
  }
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of response) if (Buffer.isBuffer(chunk)) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
