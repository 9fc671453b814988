import type { Socket } from 'node:net'
import { hostname } from 'node:os'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type AdminOptions, type AdminServer, serveAdmin } from '../src/admin/admin-server.ts'
import { connected } from './client.ts'

const GET = 'GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'

async function serve(changes: Partial<AdminOptions> = {}): Promise<AdminServer> {
  const server = await serveAdmin({
    host: '127.0.0.1',
    port: 0,
    notReady: () => [],
    allowedHosts: () => [],
    metrics: { contentType: 'text/plain', text: async () => 'figures\n' },
    ...changes,
  })
  onTestFinished(() => server.close())
  return server
}

async function open(port: number): Promise<Socket> {
  const socket = await connected(port)
  socket.on('error', () => undefined)
  onTestFinished(() => void socket.destroy())
  return socket
}

/** In whatever way. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()))
}

/** All that comes back until the connection is closed. */
async function ask(port: number, ...parts: readonly (string | Uint8Array)[]): Promise<string> {
  const socket = await open(port)
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk
  })
  for (const part of parts) socket.write(part)
  await closed(socket)
  return received
}

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+) /.exec(answer)?.[1])
const answersIn = (received: string): number => received.split('HTTP/1.1 ').length - 1
const asked = (host: string): string => `GET /metrics HTTP/1.1\r\nHost: ${host}\r\n\r\n`

describe('a connection to the admin listener', { timeout: 60_000 }, () => {
  it('gets one answer and is closed, however much it has asked', async () => {
    const text = vi.fn(async () => 'figures\n')
    const { port } = await serve({ metrics: { contentType: 'text/plain; version=0.0.4', text } })
    const received = await ask(port, GET.repeat(1_000))
    expect(answersIn(received)).toBe(1)
    expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(received).toContain('Content-Type: text/plain; version=0.0.4\r\n')
    expect(received).toContain('Content-Length: 8\r\n')
    expect(received).toMatch(/Connection: close\r\n\r\nfigures\n$/)
    expect(text).toHaveBeenCalledTimes(1)
  })

  // 2,000 pipelined requests whose answers nobody read took 800 MB, and the proxy stood for four seconds.
  it('costs one text in memory, whoever asks in vain and does not read', async () => {
    const text = vi.fn(async () => 'x'.repeat(8 * 1024 * 1024))
    const { port } = await serve({ metrics: { contentType: 'text/plain', text } })
    const before = process.memoryUsage().rss
    const sockets = await Promise.all(Array.from({ length: 50 }, () => open(port)))
    for (const socket of sockets) socket.pause().write(GET.repeat(500))
    expect(statusOf(await ask(port, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'))).toBe(200)
    await vi.waitFor(() => expect(text).toHaveBeenCalled())
    expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(200)
    expect(text.mock.calls.length).toBeLessThan(5)
  })

  it('is ended when its answer is not read', async () => {
    const { port } = await serve({ metrics: { contentType: 'text/plain', text: async () => 'x'.repeat(64 * 2 ** 20) } })
    const socket = await open(port)
    socket.pause().write(GET)
    // Nothing is read, so only an error tells of the end: one byte more is answered with a reset.
    const poke = setInterval(() => socket.write('x'), 100)
    onTestFinished(() => clearInterval(poke))
    await closed(socket)
  })

  it('is ended when it has not asked in time, whether or not it goes on', async () => {
    const { port } = await serve()
    const begun = ['', 'GET /metrics HT', 'GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n', 'GET / HTTP/1.1\r\nX: ']
    const sockets = await Promise.all(begun.map(() => open(port)))
    sockets.forEach((socket, index) => void socket.write(begun[index] ?? ''))
    const drip = setInterval(() => sockets.at(-1)?.write('x'), 200)
    onTestFinished(() => clearInterval(drip))
    await Promise.all(sockets.map((socket) => closed(socket.resume())))
    expect(sockets.map(({ bytesRead }) => bytesRead)).toEqual([0, 0, 0, 0])
  })

  it('may ask in pieces, and close its side behind the request', async () => {
    const { port } = await serve()
    const socket = await open(port)
    let received = ''
    socket.on('data', (chunk) => {
      received += chunk
    })
    for (const byte of GET) {
      socket.write(byte)
      await new Promise((resolve) => setImmediate(resolve))
    }
    socket.end()
    await closed(socket)
    expect(received).toContain('figures')
  })

  it('is answered while others hold connections open', async () => {
    const { port } = await serve()
    const idle = await Promise.all(Array.from({ length: 100 }, () => open(port)))
    for (const socket of idle) socket.write('GET /healthz HT')
    expect(statusOf(await ask(port, GET))).toBe(200)
    await vi.waitFor(() => expect(idle.filter((socket) => !socket.closed).length).toBeLessThanOrEqual(64))
  })

  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['TLS', Buffer.from('160301020001000001fc0303', 'hex').toString('latin1').padEnd(600, '\0'), Number.NaN],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['a line that is no field', 'GET / HTTP/1.1\r\nHost: a\r\nwhat\r\n\r\n', 400],
    ['a folded line', 'GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n', 400],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n', 400],
    ['a control character', 'GET / HTTP/1.1\r\nHost: a\x01\r\n\r\n', 400],
    ['no Host', 'GET /metrics HTTP/1.1\r\n\r\n', 400],
    ['two of them', 'GET /metrics HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n', 400],
    ['HTTP/1.0 without Host', 'GET /metrics HTTP/1.0\r\n\r\n', 200],
    ['a query', 'GET /metrics?a=b HTTP/1.1\r\nHost: a\r\n\r\n', 200],
    ['another path', 'GET /metrics/ HTTP/1.1\r\nHost: a\r\n\r\n', 404],
    ['a method that writes', 'DELETE /metrics HTTP/1.1\r\nHost: a\r\n\r\n', 405],
    ['a body', `POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n${'x'.repeat(9_000)}`, 405],
    ['a head of 10 KiB', `GET /metrics HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(10_240)}\r\n\r\n`, 431],
  ])('that sends %s gets the status for it', async (_, bytes, status) => {
    const { port } = await serve()
    expect(statusOf(await ask(port, Buffer.from(bytes, 'latin1')))).toBe(status)
  })

  it('gets a head alone for HEAD, and the methods that there are for another', async () => {
    const { port } = await serve()
    expect(await ask(port, GET.replace('GET', 'HEAD'))).toMatch(
      /^HTTP\/1\.1 200 OK\r\n.*Content-Length: 8\r\n.*\r\n\r\n$/s,
    )
    expect(await ask(port, GET.replace('GET', 'PUT'))).toContain('\r\nAllow: GET, HEAD\r\n')
  })

  it('that never stops sending is not read for long', async () => {
    const { port } = await serve()
    const socket = await open(port)
    socket.write(GET.replace('GET', 'POST'))
    const endless = setInterval(() => socket.write('x'.repeat(65_536)), 5)
    onTestFinished(() => clearInterval(endless))
    await closed(socket)
  })
})

describe('the text of the metrics', () => {
  it('is made once for all who ask within a second, and anew after that', async () => {
    let made = 0
    const { port } = await serve({ metrics: { contentType: 'text/plain', text: async () => `made ${++made}\n` } })
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask(port, GET)))
    expect(new Set(answers.map((answer) => answer.split('\r\n\r\n')[1]))).toEqual(new Set(['made 1\n']))
    await vi.waitFor(async () => expect(await ask(port, GET)).toContain('made 2'), { timeout: 20_000 })
  })

  it('that cannot be made is an error for all who wait, and not for good', async () => {
    let made = 0
    const text = async (): Promise<string> => {
      if (made++ === 0) throw new Error('no figures')
      return 'figures\n'
    }
    const { port } = await serve({ metrics: { contentType: 'text/plain', text } })
    const answers = await Promise.all([ask(port, GET), ask(port, GET)])
    expect(answers.map(statusOf)).toEqual([500, 500])
    expect(answers[0]).toContain('no figures')
    await vi.waitFor(async () => expect(statusOf(await ask(port, GET))).toBe(200), { timeout: 20_000 })
  })
})

describe('the Host of a request', () => {
  it.each([
    '127.0.0.1',
    '127.0.0.1:9100',
    '203.0.113.7:9100',
    '[::1]',
    '[2001:db8::1]:9100',
    'localhost:9100',
    'LOCALHOST',
    'a.localhost',
    'infrarust:9100',
    'infra_rust-1',
    hostname(),
    'metrics.example.com',
    'Metrics.Example.com.:80',
  ])('%s is answered', async (host) => {
    const { port } = await serve({ allowedHosts: () => ['metrics.example.com'] })
    expect(statusOf(await ask(port, asked(host)))).toBe(200)
  })

  // A page could give its own name the address of this listener, and read the figures in an operator's browser.
  it.each([
    'evil.example.com',
    'evil.example.com:9100',
    '127.0.0.1.evil.example.com',
    'localhost.evil.example.com',
    'metrics.example.com.evil.example.com',
    'evil-metrics.example.com',
    '127.0.0.1@evil.example.com',
    '[::1].evil.example.com',
    '[evil.example.com]',
    '127.0.0.1 evil.example.com',
    '999.0.0.1',
    '1.1',
    '::1',
    'a:b:c',
    '',
    '.',
    '..',
  ])('"%s" is refused on every path', async (host) => {
    const text = vi.fn(async () => 'figures\n')
    const refused = vi.fn()
    const { port } = await serve({
      allowedHosts: () => ['metrics.example.com'],
      onRefusedHost: refused,
      metrics: { contentType: 'text/plain', text },
    })
    for (const path of ['/metrics', '/healthz', '/readyz', '/'])
      expect(statusOf(await ask(port, asked(host).replace('/metrics', path)))).toBe(403)
    expect(refused).toHaveBeenCalledWith(host)
    expect(text).not.toHaveBeenCalled()
  })
})
