import { once } from 'node:events'
import { createServer, type Server } from 'node:http'

/** A web server with a list of servers, which can break. */
export class HttpSource {
  readonly entries = new Map<string, Record<string, unknown>>()
  status = 200
  readonly #server: Server

  private constructor() {
    this.#server = createServer((_request, response) => {
      response.writeHead(this.status, { 'content-type': 'application/json' })
      response.end(JSON.stringify([...this.entries.values()]))
    })
  }

  static async start(): Promise<HttpSource> {
    const source = new HttpSource()
    source.#server.listen(0, '127.0.0.1')
    await once(source.#server, 'listening')
    return source
  }

  get url(): string {
    const address = this.#server.address()
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/servers`
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
