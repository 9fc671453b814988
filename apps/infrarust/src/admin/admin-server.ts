import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export interface AdminOptions {
  readonly host: string
  readonly port: number
  readonly metrics: { readonly contentType: string; text(): Promise<string> }
  /** Why no client should be sent here now; empty where nothing speaks against it. */
  readonly notReady: () => readonly string[]
}

/** A scraper asks one thing at a time; nobody holds descriptors that players need. */
const MAX_CONNECTIONS = 64
/** How long one may take to ask; who is slower is no scraper. */
const REQUEST_MS = 5_000

/**
 * Serves `/metrics`, `/healthz` and `/readyz`.
 *
 * @returns the server and the address bound
 * @throws the system's error where the address cannot be bound
 */
export async function serveAdmin(options: AdminOptions): Promise<{ readonly server: Server; readonly port: number }> {
  const timeouts = { headersTimeout: REQUEST_MS, requestTimeout: REQUEST_MS, connectionsCheckingInterval: 1_000 }
  const server = createServer({ ...timeouts, keepAliveTimeout: 30_000 }, (request, response) => {
    // Nothing is read from it.
    request.resume()
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return answer(response.setHeader('allow', 'GET, HEAD'), 405, 'only GET and HEAD are answered here')
    const [path] = (request.url ?? '').split('?')
    switch (path) {
      case '/healthz':
        return answer(response, 200, 'alive')
      case '/readyz': {
        const reasons = options.notReady()
        return answer(response, reasons.length === 0 ? 200 : 503, reasons.join('\n') || 'ready')
      }
      case '/metrics':
        return void options.metrics.text().then(
          (text) => answer(response, 200, text, options.metrics.contentType),
          (error: unknown) => answer(response, 500, String(error)),
        )
      default:
        return answer(response, 404, 'here are /metrics, /healthz and /readyz')
    }
  })
  makeRoom(server)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  server.unref()
  return { server, port: (server.address() as AddressInfo).port }
}

/** The oldest connection goes for the newcomer: whoever occupies all of them must not make a health check fail. */
function makeRoom(server: Server): void {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    const [oldest] = open
    if (open.size > MAX_CONNECTIONS) oldest?.destroy()
  })
}

function answer(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  const body = text.endsWith('\n') ? text : `${text}\n`
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
}
