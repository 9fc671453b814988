import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { SessionServer } from '../../src/auth/session-server.ts'

const NOTCH = {
  id: '069a79f444e94726a5befca90e38aaf5',
  name: 'Notch',
  properties: [{ name: 'textures', value: 'e30=', signature: 'c2ln' }],
}
const QUESTION = { name: 'notch', serverHash: '-7c9d5b0044c130109a5d7b5fb5c317c02b4e28c1' }
const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function listening(server: TcpServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => server.close())
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}/session/minecraft/hasJoined`
}

async function ask(answer: RequestListener, timeoutMs = 10_000): Promise<SessionServer> {
  const server = createServer(answer)
  closers.push(() => server.closeAllConnections())
  return sessionServer(await listening(server), timeoutMs)
}

function sessionServer(url: string, timeoutMs = 10_000): SessionServer {
  const session = new SessionServer({ url, timeoutMs })
  closers.push(() => session.close())
  return session
}

describe('a session server', () => {
  it('says who a player is, in its own words', async () => {
    const asked: string[] = []
    const session = await ask((request, response) => {
      asked.push(request.url ?? '')
      response.end(JSON.stringify(NOTCH))
    })
    expect(await session.hasJoined({ ...QUESTION, clientAddress: '2001:db8::7' })).toEqual({
      kind: 'joined',
      profile: { uuid: '069a79f4-44e9-4726-a5be-fca90e38aaf5', name: 'Notch', properties: NOTCH.properties },
    })
    expect(asked).toEqual([
      `/session/minecraft/hasJoined?username=notch&serverId=${QUESTION.serverHash}&ip=2001%3Adb8%3A%3A7`,
    ])
  })

  it.each([204, 401, 403])('says with %i that nobody has joined, and is asked once', async (status) => {
    let count = 0
    const session = await ask((_, response) => {
      count++
      response.writeHead(status).end()
    })
    expect(await session.hasJoined(QUESTION)).toEqual({ kind: 'not-joined' })
    expect(count).toBe(1)
  })

  it.each([
    [429, '', 'it was asked too often (status 429)'],
    [302, '', 'it answered with status 302'],
    [500, 'x', 'it answered with status 500'],
    [503, '', 'it answered with status 503'],
    [200, '', 'its answer is no profile'],
    [200, 'null', 'its answer is no profile'],
    [200, '[]', 'its answer is no profile'],
    [200, JSON.stringify({ ...NOTCH, id: 'abc' }), 'its answer is no profile'],
    [200, JSON.stringify({ ...NOTCH, name: 'x'.repeat(17) }), 'its answer is no profile'],
    [200, JSON.stringify({ ...NOTCH, properties: [{ name: 1 }] }), 'its answer is no profile'],
    [200, JSON.stringify({ ...NOTCH, properties: {} }), 'its answer is no profile'],
  ])('with %i and %j has said nothing about the player', async (status, body, detail) => {
    const session = await ask((_, response) => response.writeHead(status).end(body))
    expect(await session.hasJoined(QUESTION)).toEqual({ kind: 'unavailable', detail })
  })

  it('that answers without end is read for 64 KiB', async () => {
    let sent = 0
    const session = await ask((_, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(16_384))) sent += 16_384
      }
      response.on('drain', more)
      more()
    })
    expect(await session.hasJoined(QUESTION)).toEqual({
      kind: 'unavailable',
      detail: 'its answer has more than 65536 bytes',
    })
    expect(sent).toBeLessThan(64 * 1024 * 1024)
  })

  it.each(['before its answer', 'in the middle of it'])('that hangs %s is left at the deadline', async (when) => {
    const session = await ask((_, response) => void (when !== 'before its answer' && response.write('{')), 100)
    expect(await session.hasJoined(QUESTION)).toEqual({ kind: 'unavailable', detail: 'no answer within 100 ms' })
  })

  it('that nobody runs is named as it is', async () => {
    const server = createTcpServer()
    const url = await listening(server)
    await new Promise((resolve) => server.close(resolve))
    expect(await sessionServer(url).hasJoined(QUESTION)).toMatchObject({
      kind: 'unavailable',
      detail: expect.stringContaining('ECONNREFUSED'),
    })
  })

  it('is not waited for when the player has gone', async () => {
    const session = await ask(() => undefined)
    const gone = new AbortController()
    const answer = session.hasJoined(QUESTION, gone.signal)
    gone.abort()
    expect(await answer).toMatchObject({ kind: 'unavailable' })
  })

  // After a break the second try went over another of the kept connections, which had ended as well: after each burst of
  // logins the next player was told that accounts cannot be verified.
  it('that has ended all connections since is asked over a new one', async () => {
    const gathered: (() => void)[] = []
    let hasEnded = false
    const seen = new WeakSet<Socket>()
    const session = await ask((request, response) => {
      if (hasEnded && seen.has(request.socket)) return void request.socket.destroy()
      seen.add(request.socket)
      if (hasEnded) return void response.end(JSON.stringify(NOTCH))
      gathered.push(() => response.writeHead(204).end())
      if (gathered.length === 5) for (const answer of gathered) answer()
    })
    await Promise.all(Array.from({ length: 5 }, () => session.hasJoined(QUESTION)))
    hasEnded = true
    expect(await session.hasJoined(QUESTION)).toMatchObject({ kind: 'joined' })
  })

  it('is asked over one connection again and again', async () => {
    const sockets = new Set<unknown>()
    const session = await ask((request, response) => {
      sockets.add(request.socket)
      response.end(JSON.stringify(NOTCH))
    })
    for (let time = 0; time < 5; time++) expect(await session.hasJoined(QUESTION)).toMatchObject({ kind: 'joined' })
    expect(sockets.size).toBe(1)
  })

  it.each([
    [1, 'joined'],
    [2, 'unavailable'],
  ])('whose connection breaks %i times in a row is asked at most twice: %s', async (breaks, kind) => {
    let questions = 0
    const server = createTcpServer((socket: Socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => {
        if (++questions <= breaks) socket.resetAndDestroy()
        else {
          const body = JSON.stringify(NOTCH)
          socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
        }
      })
    })
    expect(await sessionServer(await listening(server)).hasJoined(QUESTION)).toMatchObject({ kind })
    expect(questions).toBe(2)
  })
})
