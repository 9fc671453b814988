import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { isAllowedHost } from './allowed-host.ts'
import { type Answer, exchange } from './http-exchange.ts'
import type { HttpRequest } from './http-request.ts'
import { SharedText } from './shared-text.ts'

export interface AdminOptions {
  readonly host: string
  readonly port: number
  readonly metrics: { readonly contentType: string; text(): Promise<string> }
  /** Why no client should be sent here now; empty where nothing speaks against it. */
  readonly notReady: () => readonly string[]
  /** Names under which this listener is asked, beside addresses and names without a dot. */
  readonly allowedHosts: () => readonly string[]
  /** Told of each request for another name. */
  readonly onRefusedHost?: (host: string) => void
}

export interface AdminServer {
  /** The port bound. */
  readonly port: number
  close(): void
}

/** A scraper asks one thing at a time; nobody holds descriptors that players need. */
const MAX_CONNECTIONS = 64

/**
 * Serves `/metrics`, `/healthz` and `/readyz`.
 *
 * @throws the system's error where the address cannot be bound
 */
export async function serveAdmin(options: AdminOptions): Promise<AdminServer> {
  const metrics = new SharedText(() => options.metrics.text())
  const open = new Set<Socket>()
  // A client may close its own side behind its request.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    makeRoom(open, socket)
    exchange(socket, (request) => answerTo(request, options, metrics))
  })
  await listening(server, options)
  server.unref()
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close()
      for (const socket of open) socket.destroy()
    },
  }
}

async function listening(server: Server, { host, port }: AdminOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    // It stays: an accept that fails later, for want of descriptors, must not end the proxy.
    server.on('error', reject)
    server.listen(port, host, resolve)
  })
}

/** The oldest connection goes for the newcomer: whoever occupies all of them must not make a health check fail. */
function makeRoom(open: Set<Socket>, socket: Socket): void {
  const [oldest] = open
  if (open.size >= MAX_CONNECTIONS && oldest !== undefined) {
    open.delete(oldest)
    oldest.destroy()
  }
  open.add(socket)
  socket.on('close', () => open.delete(socket))
}

async function answerTo(
  { method, path, host }: HttpRequest,
  { notReady, allowedHosts, onRefusedHost, metrics: { contentType } }: AdminOptions,
  metrics: SharedText,
): Promise<Answer> {
  if (host !== undefined && !isAllowedHost(host, allowedHosts())) {
    onRefusedHost?.(host)
    return { status: 403, body: 'not under this name: list it in allowed_hosts of [admin], or ask by address' }
  }
  if (method !== 'GET' && method !== 'HEAD')
    return { status: 405, allow: 'GET, HEAD', body: 'only GET and HEAD are answered here' }
  switch (path) {
    case '/healthz':
      return { status: 200, body: 'alive' }
    case '/readyz': {
      const reasons = notReady()
      return reasons.length === 0 ? { status: 200, body: 'ready' } : { status: 503, body: reasons.join('\n') }
    }
    case '/metrics':
      return { status: 200, body: await metrics.get(), type: contentType }
    default:
      return { status: 404, body: 'here are /metrics, /healthz and /readyz' }
  }
}
