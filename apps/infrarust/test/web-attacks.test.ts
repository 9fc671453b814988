import { once } from 'node:events'
import { connect } from 'node:net'
import { until } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { apiOf } from '../src/control/api.ts'
import { verb as webAccess } from '../src/verbs/web-access/verb.ts'
import { answered, ask, asked, KEY, READ_KEY, serveWeb } from './web.ts'

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d+) /.exec(answer)?.[1])
const answersIn = (received: string): number => received.split('HTTP/1.1 ').length - 1

describe('the API on the network', { timeout: 60_000 }, () => {
  it.each([
    ['no key', {}],
    ['a wrong one', { authorization: 'Bearer another-key' }],
    ['an empty one', { authorization: 'Bearer ' }],
    ['another scheme', { authorization: `Basic ${Buffer.from(`admin:${KEY}`).toString('base64')}` }],
    ['the key in the query', {}, `?token=${KEY}&api_key=${KEY}`],
    ['a key with something behind it', { authorization: `Bearer ${KEY}x` }],
  ])('refuses %s, and carries nothing out', async (_, headers: Record<string, string>, query = '') => {
    const server = await serveWeb()
    for (const [method, path] of [
      ['GET', '/api/v1/fail'],
      ['POST', '/api/v1/echo/name'],
      ['GET', '/api/v1/nothing'],
      ['GET', '/api/v1//fail'],
    ] as const) {
      const response = await ask(server, path + query, headers, method)
      expect([path, response.status]).toEqual([path, 401])
      expect(response.headers.get('www-authenticate')).toContain('Bearer')
    }
  })

  it.each(['/api/v1/../v1/fail', '/api/v1/%2e%2e/fail', '/api/v1/..%2ffail', 'http://127.0.0.1/api/v1/fail'])(
    'finds no way past the key by %s',
    async (path) => {
      const server = await serveWeb()
      expect(statusOf(await answered(server.port, `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`))).toBe(401)
    },
  )

  it('lets the reading key look and change nothing', async () => {
    const server = await serveWeb()
    const headers = { authorization: `Bearer ${READ_KEY}` }
    expect((await ask(server, '/api/v1/fail', headers)).status).toBe(500)
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
      expect((await ask(server, '/api/v1/echo/name', headers, method)).status).toBe(403)
  })

  it.each([
    [READ_KEY, 'read'],
    [KEY, 'write'],
  ])('tells %s that it may %s', async (key, access) => {
    const server = await serveWeb({}, { api: apiOf([webAccess], undefined) })
    const answer = await ask(server, '/api/v1/web/access', { authorization: `Bearer ${key}` })
    expect(await answer.json()).toEqual({ data: { access } })
  })

  it('knows no method but those of its routes', async () => {
    const server = await serveWeb()
    const refused = await ask(server, '/api/v1/echo/x', undefined, 'DELETE')
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'POST'])
    expect((await ask(server, '/api/v1/openapi.json', undefined, 'PUT')).headers.get('allow')).toBe('GET, HEAD')
    expect(await answered(server.port, asked('TRACE', '/api/v1/echo/x', 'Connection: close'))).toMatch(/it takes POST"/)
    for (const method of ['TRACE', 'PROPFIND', 'BREW', 'CONNECT'])
      expect([400, 404, 405]).toContain(
        statusOf(await answered(server.port, asked(method, '/api/v1/fail', 'Connection: close'))) || 400,
      )
  })

  it('ends a body that is too large while it still comes', async () => {
    const server = await serveWeb()
    const piece = Buffer.alloc(1024 * 1024, 'x')
    const socket = connect(server.port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    socket.on('error', () => {})
    let told = ''
    socket.on('data', (data) => {
      told += data
    })
    await once(socket, 'connect')
    socket.write(asked('POST', '/api/v1/echo/x', `Content-Length: ${100 * piece.length}`))
    let sent = 0
    while (!socket.closed && sent < 100) {
      if (!socket.write(piece))
        await new Promise<void>((resolve) => socket.once('drain', resolve).once('close', () => resolve()))
      sent++
    }
    await until(() => socket.closed, 'it is closed')
    // The answer may be lost in a reset; what matters is that nobody takes it in.
    if (told !== '') expect(statusOf(told)).toBe(413)
  })

  it('takes no bytes of a body from who has no key', async () => {
    const server = await serveWeb()
    const told = await answered(
      server.port,
      'POST /api/v1/echo/x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\n',
      'x',
    )
    expect(statusOf(told)).toBe(401)
    expect(told.toLowerCase()).toContain('connection: close')
  })

  it('waits for no request that comes byte by byte', async () => {
    const server = await serveWeb()
    expect(await answered(server.port, 'GET /api/v1/fail HT')).toBe('')
  })

  it('serves others while as many as fit do nothing', async () => {
    const server = await serveWeb()
    for (let at = 0; at < 200; at++) {
      const socket = connect(server.port, '127.0.0.1')
      socket.on('error', () => {})
      onTestFinished(() => void socket.destroy())
      if (at % 2 === 0) socket.write('POST /api/v1/echo/x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n')
    }
    expect((await ask(server, '/api/v1/echo/name', undefined, 'POST', '{}')).status).toBe(200)
  })

  // The one that had been connected for the longest was hung up on, which was the one that asked.
  it('serves whoever asks on a connection of before, while as many as fit follow something', async () => {
    const server = await serveWeb()
    const open = async (path: string) => {
      const socket = connect(server.port, '127.0.0.1')
      socket.on('error', () => {})
      onTestFinished(() => void socket.destroy())
      let told = ''
      socket.on('data', (data) => (told += data))
      socket.write(asked('GET', path))
      await until(() => told.includes('\r\n\r\n'), 'it is answered')
      return { socket, told: () => told }
    }
    const kept = await open('/api/v1/openapi.json')
    for (let at = 0; at < 64; at++) await open('/api/v1/follow')
    kept.socket.write(asked('GET', '/api/v1/fail', 'Connection: close'))
    await once(kept.socket, 'close')
    expect(answersIn(kept.told())).toBe(2)
  })

  // A stream of somebody with a key made room for connections of strangers, who were only waited for until they hung up.
  it('lets nobody with a key go for the sake of those without', async () => {
    const server = await serveWeb()
    const response = await ask(server, '/api/v1/follow')
    const reader = response.body?.getReader()
    await reader?.read()
    for (let at = 0; at < 150; at++) {
      const socket = connect(server.port, '127.0.0.1')
      socket.on('error', () => {})
      onTestFinished(() => void socket.destroy())
      socket.write('POST /api/v1/echo/x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\n')
    }
    expect((await ask(server, '/api/v1/echo/name', undefined, 'POST', '{}')).status).toBe(200)
    const next = await reader?.read()
    expect(Buffer.from(next?.value ?? []).toString()).not.toContain('error')
    await reader?.cancel()
  })

  it.each([
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 30'],
    ['a length and pieces', 'Content-Length: 2\r\nTransfer-Encoding: chunked'],
    ['an encoding that is none', 'Transfer-Encoding: xchunked'],
    ['a blank before the colon', 'Content-Length : 2'],
    ['a folded line', 'X-A: b\r\n Content-Length: 2'],
    ['a length with a sign', 'Content-Length: +2'],
  ])('reads no second request out of one with %s', async (_, headers) => {
    const server = await serveWeb()
    const smuggled = asked('POST', '/api/v1/echo/smuggled', 'Content-Length: 0', 'Connection: close')
    const told = await answered(server.port, asked('POST', '/api/v1/echo/first', headers), `{}${smuggled}`)
    expect(told).not.toContain('smuggled')
  })

  it('refuses a head without end, and one with two hosts or none', async () => {
    const server = await serveWeb()
    expect(statusOf(await answered(server.port, asked('GET', '/api/v1/fail', `X-Long: ${'x'.repeat(70_000)}`)))).toBe(
      413,
    )
    const twice = asked('GET', '/api/v1/fail', 'Host: 127.0.0.1', 'Connection: close')
    expect([400, 403]).toContain(statusOf(await answered(server.port, twice)))
    const none = `GET /api/v1/fail HTTP/1.1\r\nAuthorization: Bearer ${KEY}\r\nConnection: close\r\n\r\n`
    expect(statusOf(await answered(server.port, none))).toBe(400)
  })

  it('answers a few pipelined requests in their order, and hangs up on many', async () => {
    const server = await serveWeb()
    const one = (at: number): string =>
      asked('POST', `/api/v1/echo/${at}`, 'Content-Length: 0', ...(at === 4 ? ['Connection: close'] : []))
    const few = await answered(server.port, [0, 1, 2, 3, 4].map(one).join(''))
    expect([...few.matchAll(/"name":"(\d)"/g)].map(([, at]) => at)).toEqual(['0', '1', '2', '3', '4'])
    expect(answersIn(await answered(server.port, asked('GET', '/api/v1/fail').repeat(1_000)))).toBeLessThan(17)
  })

  it('is nobody under a name that a page could take for itself', async () => {
    const names: string[] = []
    const server = await serveWeb(
      { allowedHosts: ['proxy.example.com'] },
      { onRefusedHost: (host) => names.push(host) },
    )
    const status = async (host: string): Promise<number> =>
      statusOf(
        await answered(server.port, asked('GET', '/api/v1/fail', 'Connection: close').replace('127.0.0.1', host)),
      )
    expect(await status('rebound.example.net')).toBe(403)
    expect(await status('rebound.example.net:8080')).toBe(403)
    expect(await status('proxy.example.com:8080')).toBe(500)
    expect(await status('localhost')).toBe(500)
    expect(await status('[::1]:8080')).toBe(500)
    expect(names).toEqual(['rebound.example.net', 'rebound.example.net:8080'])
  })

  it('is asked by pages of its own and of listed origins, and of no other', async () => {
    const server = await serveWeb({ corsOrigins: ['https://panel.example.com'] })
    const from = (origin: string) => ask(server, '/api/v1/fail', { authorization: `Bearer ${KEY}`, origin })
    for (const origin of [
      'https://evil.example.net',
      'null',
      'https://panel.example.com.evil.example.net',
      'http://127.0.0.1:1',
    ])
      expect([origin, (await from(origin)).status]).toEqual([origin, 403])
    const listed = await from('https://panel.example.com')
    expect([listed.status, listed.headers.get('access-control-allow-origin')]).toEqual([
      500,
      'https://panel.example.com',
    ])
    expect((await from(`http://127.0.0.1:${server.port}`)).status).toBe(500)
    const preflight = await ask(server, '/api/v1/fail', { origin: 'https://panel.example.com' }, 'OPTIONS')
    expect([preflight.status, preflight.headers.get('access-control-allow-headers')]).toEqual([
      204,
      'authorization, content-type',
    ])
  })

  it('looks at no more keys of one client after twenty wrong ones, and says each time whose they were', async () => {
    const denied: string[] = []
    const server = await serveWeb({}, { onDenied: (client) => denied.push(client) })
    for (let at = 0; at < 20; at++)
      expect((await ask(server, '/api/v1/fail', { authorization: `Bearer guess-${at}` })).status).toBe(401)
    const right = await ask(server, '/api/v1/fail')
    expect([right.status, Number(right.headers.get('retry-after')) > 0]).toEqual([429, true])
    expect(denied).toEqual(Array.from({ length: 20 }, () => '127.0.0.1'))
    expect((await ask(server, '/api/v1/openapi.json', {})).status).toBe(200)
  })

  it('answers a client as often as it may ask, and says how often that is', async () => {
    const server = await serveWeb({ requestsPerMinute: 3 })
    const statuses: number[] = []
    for (let at = 0; at < 5; at++) {
      const { status, headers } = await ask(server, '/api/v1/echo/x', undefined, 'POST', '{}')
      statuses.push(status)
      expect(headers.get('x-ratelimit-limit')).toBe('3')
      expect(headers.get('x-ratelimit-remaining')).toBe(String(Math.max(0, 2 - at)))
    }
    expect(statuses).toEqual([200, 200, 200, 429, 429])
  })
})
