import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { TemporaryFolder } from '../folder.ts'
import { type RecordedName, recordedJson } from './recorded.ts'

/** What a real engine sent while a dozen containers were made, started, checked, paused and moved; one event a line. */
export const RECORDED_EVENTS: readonly string[] = readFileSync(
  new URL('fixtures/events.jsonl', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n')

export interface TlsFiles {
  readonly ca: Buffer
  readonly cert: Buffer
  readonly key: Buffer
}

/** The four requests on a socket, answered from recordings; for what cannot be made to happen on a real engine. */
export class FakeEngine {
  readonly socketPath: string
  /** Path of each request so far, its query cut off. */
  readonly requests: string[] = []
  /** By container. */
  inspected: Map<string, unknown>
  /** Runs when a request comes in, before it is answered. */
  onRequest: (path: string) => void = () => {}
  /** Bodies that no engine sends, by path. */
  readonly oddities = new Map<string, string>()
  /** Beginnings of paths on which nothing is answered. */
  readonly silences = new Set<string>()
  /** Statuses other than 200, by the beginning of a path. */
  readonly refusals = new Map<string, number>()
  /** Paths on which an answer never ends. */
  readonly floods = new Set<string>()
  sinceParameters: string[] = []
  readonly #folder = new TemporaryFolder()
  readonly #server: Server
  readonly #streams = new Set<ServerResponse>()

  private constructor(names: readonly RecordedName[], tls?: TlsFiles) {
    this.socketPath = join(this.#folder.path, 'engine.sock')
    this.inspected = new Map(
      names.map((name) => {
        const json = recordedJson(name)
        return [String((json as { Id: unknown }).Id), json]
      }),
    )
    const handle = (request: IncomingMessage, response: ServerResponse) => this.#handle(request, response)
    this.#server = tls === undefined ? createServer(handle) : createTlsServer({ ...tls, requestCert: true }, handle)
  }

  static async start(...names: readonly RecordedName[]): Promise<FakeEngine> {
    const engine = new FakeEngine(names)
    engine.#server.listen(engine.socketPath)
    await once(engine.#server, 'listening')
    return engine
  }

  /** On a port of the loopback; refuses clients without a certificate of the authority. */
  static async startTls(tls: TlsFiles, ...names: readonly RecordedName[]): Promise<FakeEngine> {
    const engine = new FakeEngine(names, tls)
    engine.#server.listen(0, '127.0.0.1')
    await once(engine.#server, 'listening')
    return engine
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://engine')
    this.requests.push(url.pathname)
    this.onRequest(url.pathname)
    if ([...this.silences].some((path) => url.pathname.startsWith(path))) return
    // As a real one does: a query that is cut off asks for something else.
    if (!isAsExpected(url)) return void response.writeHead(400).end('{"message":"another query was expected"}')
    const [refusal] = [...this.refusals].flatMap(([path, status]) => (url.pathname.startsWith(path) ? [status] : []))
    if (this.floods.has(url.pathname)) {
      response.writeHead(refusal ?? 200)
      flood(response)
    } else if (refusal !== undefined) {
      response.writeHead(refusal).end('<html>no</html>')
    } else if (url.pathname === '/events') {
      this.sinceParameters.push(url.searchParams.get('since') ?? '')
      this.#streams.add(response)
      response.flushHeaders()
    } else response.end(this.oddities.get(url.pathname) ?? this.#answer(url.pathname))
  }

  /** Sends text to every open stream of events. */
  send(text: string): void {
    for (const stream of this.#streams) stream.write(text)
  }

  /** Ends the streams of events; the next subscription works. */
  endStreams(): void {
    for (const stream of this.#streams) stream.end()
    this.#streams.clear()
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
    this.#streams.clear()
    this.#folder.remove()
  }

  #answer(path: string): string {
    if (path === '/_ping') return 'OK'
    if (path === '/containers/json') {
      const list = [...this.inspected].map(([id, json]) => {
        const { Config, HostConfig } = json as { Config: { Labels: object }; HostConfig: object }
        return { Id: id, Labels: Config.Labels, HostConfig }
      })
      return JSON.stringify(list)
    }
    return JSON.stringify(this.inspected.get(path.split('/')[2] ?? ''))
  }
}

/** As fast as it is read, until nobody reads any more. */
function flood(response: ServerResponse): void {
  const piece = Buffer.alloc(1_048_576, 'x')
  const more = (): void => {
    if (!response.destroyed) response.write(piece, more)
  }
  more()
}

function isAsExpected({ pathname, searchParams }: URL): boolean {
  if (pathname === '/containers/json') return searchParams.get('all') === '1'
  if (pathname !== '/events') return searchParams.size === 0
  return /^\d+$/.test(searchParams.get('since') ?? '') && (searchParams.get('filters') ?? '').endsWith('}')
}
