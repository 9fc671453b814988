import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import { type AddressInfo, connect as connectSocket, createServer, type Server, Socket } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { encode, type HeaderToEncode, type ProxyProtocolError } from '../../src/index.ts'
import { connect, expectProxyHeader, proxyHeaderOf, type ReceiveOptions } from '../../src/node/index.ts'

const header: HeaderToEncode = {
  command: 'PROXY',
  source: { address: '203.0.113.7', port: 54321 },
  destination: { address: '198.51.100.2', port: 25565 },
}
const bytes = encode(header)
const line = encode(header, { version: 1 })

const opened: Server[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((server) => new Promise((resolve) => server.close(resolve))))
})

async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  opened.push(server)
  server.listen(0, host)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** A server that answers each connection with who it takes the client for, and all that the client sent. */
function echo(options: ReceiveOptions) {
  const refused: ProxyProtocolError[] = []
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let received = ''
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => {
      received += chunk
    })
    socket.on('end', () => {
      const command = proxyHeaderOf(socket)?.command ?? 'none'
      socket.end(`${socket.remoteFamily} ${socket.remoteAddress} ${socket.remotePort} ${command}: ${received}`)
    })
  })
  expectProxyHeader(server, { onRefused: (error) => refused.push(error), ...options })
  return { server, refused }
}

/** Sends the pieces one after the other, then FIN; gives back everything that comes until the end. */
async function talk(port: number, ...pieces: (string | Uint8Array)[]): Promise<string> {
  const socket = connectSocket({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
  for (const piece of pieces) await write(socket, piece)
  socket.end()
  return readAll(socket)
}

function write(socket: Socket, piece: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => socket.write(piece, () => resolve()))
}

/** Unlike `once`, not rejected by an error before it. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.on('close', () => resolve()))
}

function readAll(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    socket.setEncoding('latin1')
    socket.on('data', (chunk) => {
      text += chunk
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(text))
  })
}

describe('a server that expects a header', () => {
  it('sees the client, and the bytes behind the header', async () => {
    const port = await listen(echo({ trusted: ['127.0.0.1'] }).server)
    expect(await talk(port, bytes, 'hello')).toBe('IPv4 203.0.113.7 54321 PROXY: hello')
    expect(await talk(port, Buffer.concat([line, Buffer.from('hello')]))).toBe('IPv4 203.0.113.7 54321 PROXY: hello')
    expect(await talk(port, bytes)).toBe('IPv4 203.0.113.7 54321 PROXY: ')
  })

  it('sees them however the header is cut, and consumes one header, not two', async () => {
    const port = await listen(echo({ trusted: ['127.0.0.0/8'] }).server)
    const all = Buffer.concat([bytes, line, Buffer.from('rest')])
    const answer = `IPv4 203.0.113.7 54321 PROXY: ${line.reduce((text, byte) => text + String.fromCharCode(byte), '')}rest`
    expect(await talk(port, ...Array.from(all, (byte) => Uint8Array.of(byte)))).toBe(answer)
    for (const cut of [1, 12, 13, 14, 15, 16, 27, 28, 29]) {
      expect(await talk(port, all.subarray(0, cut), all.subarray(cut)), `cut at ${cut}`).toBe(answer)
    }
  })

  it('sees mapped addresses as what they are', async () => {
    const port = await listen(echo({ trusted: 'anyone' }).server)
    const mapped = encode({
      command: 'PROXY',
      source: { address: '::ffff:203.0.113.7', port: 1 },
      destination: { address: '2001:db8::1', port: 2 },
    })
    expect(await talk(port, mapped)).toBe('IPv4 203.0.113.7 1 PROXY: ')
  })

  it('names the family of the client, not that of the peer', async () => {
    const port = await listen(echo({ trusted: 'anyone' }).server)
    const ipv6 = { address: '2001:DB8::7', port: 1 }
    const sent = encode({ command: 'PROXY', source: ipv6, destination: ipv6 })
    expect(await talk(port, sent)).toBe('IPv6 2001:db8::7 1 PROXY: ')
  })

  // Null addresses of LOCAL crashed Minecraft proxies once per health check (BungeeCord 3147, netty 11475).
  it('keeps the peer under LOCAL, UNKNOWN and unix end points', async () => {
    const port = await listen(echo({ trusted: ['127.0.0.1'] }).server)
    const unix = encode({ command: 'PROXY', source: { path: '/a' }, destination: { path: '/b' } })
    expect(await talk(port, encode({ command: 'LOCAL' }), 'x')).toMatch(/^IPv4 127\.0\.0\.1 \d+ LOCAL: x$/)
    expect(await talk(port, 'PROXY UNKNOWN\r\nx')).toMatch(/^IPv4 127\.0\.0\.1 \d+ PROXY: x$/)
    expect(await talk(port, unix)).toMatch(/^IPv4 127\.0\.0\.1 \d+ PROXY: $/)
  })

  it('refuses what is no header, without an answer and without seeing the connection', async () => {
    const { server, refused } = echo({ trusted: ['127.0.0.1'] })
    let seen = 0
    server.on('connection', () => seen++)
    const port = await listen(server)
    expect(await talk(port, 'GET / HTTP/1.1\r\n\r\n')).toBe('')
    expect(await talk(port, bytes.subarray(0, 20))).toBe('')
    expect(await talk(port)).toBe('')
    expect(await talk(port, bytes.subarray(0, 14), 'ÿ'.repeat(2))).toBe('')
    expect(refused.map(({ code, offset }) => [code, offset])).toEqual([
      ['no-signature', 0],
      ['closed', 20],
      ['closed', 0],
      ['too-long', 14],
    ])
    expect(seen).toBe(0)
  })

  it('refuses a peer that is not trusted, before it has said anything', async () => {
    const { server, refused } = echo({ trusted: ['10.0.0.0/8', '::1', '2001:db8::/32'] })
    const mute = connectSocket({ port: await listen(server), host: '127.0.0.1' })
    expect(await readAll(mute)).toBe('')
    expect(refused.map(({ code }) => code)).toEqual(['untrusted'])
  })

  // An empty list that trusts everybody is a hole that others had (mc-router, Gate).
  it('trusts nobody by an empty list', async () => {
    const { server, refused } = echo({ trusted: [] })
    expect(await talk(await listen(server), bytes)).toBe('')
    expect(refused.map(({ code }) => code)).toEqual(['untrusted'])
  })

  it('trusts an IPv4 network on a dual-stack listener, where peers are shown as ::ffff:', async () => {
    const port = await listen(echo({ trusted: ['127.0.0.0/8'] }).server, '::')
    expect(await talk(port, bytes)).toBe('IPv4 203.0.113.7 54321 PROXY: ')
    const written = await listen(echo({ trusted: ['::ffff:127.0.0.0/104'] }).server)
    expect(await talk(written, bytes)).toBe('IPv4 203.0.113.7 54321 PROXY: ')
  })

  it.each(['localhost', '10.0.0.0/33', '10.0.0.0/', '::/129', '10.0.0.0/8/8', '10.0.0.0/-1', '', '/8'])(
    'does not start with %j as a network',
    (entry) => {
      expect(() => expectProxyHeader(createServer(), { trusted: [entry] })).toThrow(`trusted: "${entry}"`)
    },
  )

  it('closes a peer that sends nothing, or too little, at the deadline, and delays nobody else meanwhile', async () => {
    const { server, refused } = echo({ trusted: ['127.0.0.1'], timeoutMs: 400 })
    const port = await listen(server)
    const mute = connectSocket({ port, host: '127.0.0.1' })
    const slow = connectSocket({ port, host: '127.0.0.1' })
    await write(slow, 'PROXY')
    expect(await talk(port, bytes, 'hello')).toBe('IPv4 203.0.113.7 54321 PROXY: hello')
    await Promise.all([readAll(mute), readAll(slow)])
    expect(refused.map(({ code, offset }) => [code, offset]).sort()).toEqual([
      ['timeout', 0],
      ['timeout', 5],
    ])
  })

  it('waits five seconds from the accept, unless told otherwise', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const { server, refused } = echo({ trusted: 'anyone' })
      server.emit('connection', new Socket())
      vi.advanceTimersByTime(4999)
      expect(refused).toEqual([])
      vi.advanceTimersByTime(1)
      expect(refused.map(({ code }) => code)).toEqual(['timeout'])
    } finally {
      vi.useRealTimers()
    }
  })

  // What a reset looks like is the kernel's choice: a client of Node sends FIN first, and that may be read alone.
  it.each([
    ['breaks', new Error('read ECONNRESET'), /complete: read ECONNRESET$/],
    ['is destroyed', undefined, /complete \(at byte 0\)$/],
  ])(
    'refuses a connection that %s before its header, once, and is not hurt by what comes then',
    async (_, error, text) => {
      const { server, refused } = echo({ trusted: 'anyone' })
      const socket = new Socket()
      server.emit('connection', socket)
      socket.destroy(error)
      await closed(socket)
      expect(refused.map(({ code, message }) => [code, message])).toEqual([['closed', expect.stringMatching(text)]])
      expect(() => socket.emit('error', new Error('write EPIPE'))).not.toThrow()
    },
  )

  it("leaves a connection alone once its header is read: its errors are the application's", async () => {
    const { server, refused } = echo({ trusted: 'anyone' })
    const port = await listen(server)
    const [[socket]] = await Promise.all([once(server, 'connection'), write(connectSocket(port, '127.0.0.1'), bytes)])
    const errors: Error[] = []
    socket.on('error', (error: Error) => errors.push(error))
    socket.destroy(new Error('broken'))
    await closed(socket)
    expect(errors.map(({ message }) => message)).toEqual(['broken'])
    expect(refused).toEqual([])
  })

  it('survives a peer that resets', async () => {
    const { server, refused } = echo({ trusted: ['127.0.0.1'] })
    const port = await listen(server)
    const socket = connectSocket({ port, host: '127.0.0.1' })
    await write(socket, 'PROXY')
    socket.resetAndDestroy()
    await expect.poll(() => refused.length, { timeout: 20_000 }).toBe(1)
    expect(refused[0]?.code).toBe('closed')
    expect(await talk(port, bytes)).toBe('IPv4 203.0.113.7 54321 PROXY: ')
  })

  it('takes only the versions and the length it is told to', async () => {
    const { server, refused } = echo({ trusted: ['127.0.0.1'], versions: [2], limitBytes: 40 })
    const port = await listen(server)
    const padded = encode(header, { alignTo: 64 })
    expect(await talk(port, line)).toBe('')
    expect(await talk(port, padded)).toBe('')
    expect(refused.map(({ code }) => code)).toEqual(['version-refused', 'too-long'])
  })
})

describe('a server where a header is optional', () => {
  it('sees connections without one as they are, the first bytes included', async () => {
    const port = await listen(echo({ trusted: ['127.0.0.1'], mode: 'optional' }).server)
    expect(await talk(port, bytes, 'x')).toBe('IPv4 203.0.113.7 54321 PROXY: x')
    expect(await talk(port, 'hello')).toMatch(/^IPv4 127\.0\.0\.1 \d+ none: hello$/)
    expect(await talk(port, 'P', 'ING')).toMatch(/^IPv4 127\.0\.0\.1 \d+ none: PING$/)
    expect(await talk(port, '\r', '\0')).toMatch(/^IPv4 127\.0\.0\.1 \d+ none: \r\0$/)
  })

  it('refuses a header from a peer that is not trusted, and one that breaks off', async () => {
    const stranger = echo({ trusted: ['10.0.0.1'], mode: 'optional' })
    const port = await listen(stranger.server)
    expect(await talk(port, bytes)).toBe('')
    expect(await talk(port, 'hello')).toMatch(/none: hello$/)
    expect(stranger.refused.map(({ code }) => code)).toEqual(['untrusted'])

    const broken = echo({ trusted: ['127.0.0.1'], mode: 'optional' })
    expect(await talk(await listen(broken.server), 'PRO', 'BLEM')).toBe('')
    expect(broken.refused.map(({ code, offset }) => [code, offset])).toEqual([['no-signature', 3]])
  })
})

describe('connect', () => {
  it('sends the header first, in one piece with what is written at once', async () => {
    const chunks: Buffer[] = []
    const server = createServer((socket) => socket.on('data', (chunk) => chunks.push(chunk)))
    const port = await listen(server)
    const socket = connect({ port, host: '127.0.0.1' }, header)
    socket.end('hello')
    socket.resume()
    await once(socket, 'close')
    expect(chunks).toEqual([Buffer.concat([bytes, Buffer.from('hello')])])
  })

  it('makes requests of an HTTP client come from the client named', async () => {
    const server = createHttpServer((request, response) => response.end(request.socket.remoteAddress))
    expectProxyHeader(server, { trusted: ['127.0.0.1'] })
    const port = await listen(server)
    const socket = connect({ port, host: '127.0.0.1' }, header, { version: 1 })
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expect((await readAll(socket)).match(/203\.0\.113\.7/g)).toHaveLength(2)
  })

  it('makes the sessions of an HTTP/2 client come from the client named', async () => {
    const server = createHttp2Server()
    server.on('stream', (stream) => stream.end(stream.session?.socket.remoteAddress))
    expectProxyHeader(server, { trusted: ['127.0.0.1'] })
    const port = await listen(server)
    const session = connectHttp2(`http://127.0.0.1:${port}`, {
      createConnection: () => connect({ port, host: '127.0.0.1' }, header),
    })
    let text = ''
    const request = session.request({ ':path': '/' }).setEncoding('utf8')
    for await (const chunk of request) text += chunk
    session.close()
    await once(session, 'close')
    expect(text).toBe('203.0.113.7')
  })

  it('throws at once for a header that cannot be said', () => {
    const options = { port: 1, host: '127.0.0.1' }
    expect(() => connect(options, { ...header, transport: 'datagram' }, { version: 1 })).toThrow(
      expect.objectContaining({ code: 'not-in-version-1' }),
    )
  })
})
