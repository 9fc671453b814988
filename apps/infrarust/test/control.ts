import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type Agent, type IncomingMessage, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { folderWith } from '@infrarust/test-kit'
import * as v from 'valibot'
import { onTestFinished, vi } from 'vitest'
import { apiOf } from '../src/control/api.ts'
import { ControlClient } from '../src/control/client.ts'
import { ControlServer } from '../src/control/control-server.ts'
import { dataVerb, streamVerb } from '../src/verbs/verb.ts'
import type { Running } from './running.ts'

const FIELDS = v.strictObject({})
export const base = { method: 'GET', summary: '', request: FIELDS } as const

export const echo = dataVerb({
  ...base,
  name: 'echo',
  method: 'POST',
  path: '/echo/:name',
  request: v.strictObject({ name: v.string(), text: v.optional(v.string()), count: v.optional(v.number()) }),
  result: v.object({ name: v.string(), text: v.exactOptional(v.string()) }),
  run: (_: unknown, { name, text }) => ({ name, ...(text !== undefined && { text }) }),
})

export const lines = dataVerb({
  ...base,
  name: 'lines',
  method: 'POST',
  path: '/lines',
  takesLines: true,
  result: v.array(v.unknown()),
  async run(_: unknown, __, call) {
    const values: unknown[] = []
    for await (const value of call.lines) values.push(value)
    return values
  },
})

export const failing = dataVerb({
  ...base,
  name: 'fail',
  path: '/fail',
  result: v.null(),
  run(): never {
    throw new Error('no room on the disk')
  },
})

const endless = streamVerb({
  ...base,
  name: 'endless',
  path: '/endless',
  result: v.string(),
  async *run() {
    for (;;) yield 'x'.repeat(10_000)
  },
})

/** Goes on until its client has gone. */
export const follow = streamVerb({
  ...base,
  name: 'follow',
  path: '/follow',
  result: v.string(),
  async *run(_: unknown, __, { signal }) {
    yield 'begun'
    if (!signal.aborted) await once(signal, 'abort')
  },
})

export const VERBS = [echo, lines, failing, endless, follow]

export async function server(verbs: Parameters<typeof apiOf<unknown>>[0] = VERBS) {
  const path = join(folderWith({}), 'control.sock')
  const control = await ControlServer.listen(path, async () => apiOf(verbs, undefined))
  onTestFinished(() => control.close())
  return { path, control }
}

export async function listen(verbs: Parameters<typeof apiOf<unknown>>[0] = VERBS): Promise<string> {
  return (await server(verbs)).path
}

export function client(path: string): ControlClient {
  const asking = new ControlClient(path)
  onTestFinished(() => asking.close())
  return asking
}

export function ask(path: string, name = 'here') {
  return client(path).ask(echo, { name })
}

export function head(method: string, path: string, ...headers: readonly string[]): string {
  return [`${method} /api/v1${path} HTTP/1.1`, 'Host: infrarust', ...headers, '', ''].join('\r\n')
}

export const REQUEST = head('POST', '/echo/raw', 'Content-Length: 0')

export async function raw(path: string): Promise<Socket> {
  const socket = connect(path)
  // A reset is how many of them end.
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** Collects what is said to a socket. */
export function heard(socket: Socket): () => string {
  const told: Buffer[] = []
  socket.on('data', (data) => told.push(data))
  return () => Buffer.concat(told).toString()
}

/** Waits until the other side has hung up; it may have done so long ago. */
export async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await once(socket.resume(), 'close')
}

/** Waits until commands reach the proxy. */
export async function listens(running: Running, path: string): Promise<void> {
  await running.port()
  await vi.waitFor(async () => (await raw(path)).destroy(), { timeout: 20_000 })
}

/** A request as any HTTP client sends it, and the whole answer. */
export async function http(
  socketPath: string,
  method: string,
  path: string,
  body?: string | Uint8Array,
  agent?: Agent,
): Promise<{ readonly status: number | undefined; readonly json: unknown }> {
  const sent = request({ socketPath, method, path: `/api/v1${path}`, agent })
  sent.on('error', () => {})
  sent.end(body)
  const [response]: IncomingMessage[] = await once(sent, 'response')
  let text = ''
  for await (const piece of response ?? []) text += piece
  return { status: response?.statusCode, json: JSON.parse(text) }
}

/** A process that listens there and takes no connection; what comes back kills it, and returns when it is gone. */
export async function listenElsewhere(path: string): Promise<() => void> {
  const program = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('listening'))`
  const listener = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void listener.kill('SIGKILL'))
  await once(listener.stdout, 'data')
  listener.kill('SIGSTOP')
  return () => {
    listener.kill('SIGKILL')
    // Without a turn of the event loop, which would tell of the connection before it is reset.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)
  }
}
