import { once } from 'node:events'
import { connect } from 'node:net'
import { onTestFinished } from 'vitest'
import { apiOf } from '../src/control/api.ts'
import { routesPage } from '../src/control/routes-page.ts'
import { AccessKeys } from '../src/web/access.ts'
import { type GuardOptions, type GuardRules, guarded } from '../src/web/guard.ts'
import { WebServer, type WebServerOptions } from '../src/web/web-server.ts'
import { VERBS } from './control.ts'

export const KEY = 'the-key-that-may-do-all'
export const READ_KEY = 'the-key-that-may-look'

/** The API of some verbs on the network, until the test ends. */
export async function serveWeb(
  changes: Partial<GuardRules> = {},
  options: Partial<GuardOptions> & Partial<Pick<WebServerOptions, 'tls'>> = {},
): Promise<WebServer> {
  const rules: GuardRules = {
    keys: new AccessKeys(KEY, READ_KEY),
    corsOrigins: [],
    allowedHosts: [],
    requestsPerMinute: 0,
    isApiEnabled: true,
    page: undefined,
    ...changes,
  }
  const { tls, ...guard } = options
  const api = guarded({
    api: apiOf(VERBS, undefined),
    rules: () => rules,
    loadRoutesPage: async () => ({ html: routesPage(VERBS), css: '' }),
    isPublic: (method, path) => method === 'GET' && path === '/api/v1/openapi.json',
    onDenied: () => {},
    onRefusedHost: () => {},
    ...guard,
  })
  const server = await WebServer.listen({
    host: '127.0.0.1',
    port: 0,
    tls,
    api,
    requestsPerMinute: () => rules.requestsPerMinute,
  })
  onTestFinished(() => server.close())
  return server
}

/** A request with the key, as text. */
export function asked(method: string, path: string, ...headers: readonly string[]): string {
  return [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', `Authorization: Bearer ${KEY}`, ...headers, '', ''].join(
    '\r\n',
  )
}

/** All that comes back for these bytes until the connection is closed. */
export async function answered(port: number, ...parts: readonly (string | Uint8Array)[]): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  const told: Buffer[] = []
  socket.on('data', (data) => told.push(data))
  for (const part of parts) socket.write(part)
  // A reset is how some of them end.
  if (!socket.closed) await new Promise<void>((resolve) => socket.once('close', () => resolve()))
  return Buffer.concat(told).toString()
}

/** Asks for one thing and hangs up. */
export async function ask(
  { port }: WebServer,
  path: string,
  headers: Readonly<Record<string, string>> = { authorization: `Bearer ${KEY}` },
  method = 'GET',
  body?: string,
): Promise<Response> {
  return await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, ...(body !== undefined && { body }) })
}
