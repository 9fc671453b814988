import { once } from 'node:events'
import { createServer } from 'node:net'
import { folderWith, freePort, loginBytes, until } from '@infrarust/test-kit'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { apiOf } from '../src/control/api.ts'
import { EventHub } from '../src/events/event-hub.ts'
import { EVENT_KINDS } from '../src/events/event-kinds.ts'
import { PROXY_EVENT, type ProxyEvent } from '../src/events/proxy-event.ts'
import { Waiting } from '../src/events/waiting.ts'
import { EventSources } from '../src/parts/event-sources.ts'
import { verb } from '../src/verbs/events/verb.ts'
import { verb as trace } from '../src/verbs/trace/verb.ts'
import { connected } from './client.ts'
import { finish } from './program.ts'
import { Running } from './running.ts'

const TICK: ProxyEvent = {
  kind: 'stats.tick',
  at: '2026-01-01T00:00:00.000Z',
  connections: 0,
  sessions: 0,
  bytes_in: 0,
  bytes_out: 0,
  event_loop_delay_ms: 0,
  memory_bytes: 0,
  uptime_seconds: 0,
}

describe('events', () => {
  it('are one list and one set of shapes', () => {
    expect(PROXY_EVENT.options.map(({ entries }) => entries.kind.literal)).toEqual(EVENT_KINDS)
  })

  it('are not put together where nobody wants them', () => {
    const hub = new EventHub()
    const make = vi.fn(() => TICK)
    hub.emit('stats.tick', make)
    const end = hub.subscribe({ kinds: new Set(['ban.created']), take: () => {} })
    hub.emit('stats.tick', make)
    end()
    expect(make).not.toHaveBeenCalled()
  })

  it('watch connections only while somebody wants to be told of them', () => {
    const events = new EventHub()
    const ended = vi.fn()
    const trace = vi.fn(() => ended)
    new EventSources({ events, gateway: { trace }, bans: { onChange: () => {} } })
    const other = events.subscribe({ kinds: new Set(['ban.created', 'stats.tick']), take: () => {} })
    expect(trace).not.toHaveBeenCalled()
    const [first, second] = [0, 1].map(() => events.subscribe({ kinds: new Set(['player.join']), take: () => {} }))
    expect(trace).toHaveBeenCalledTimes(1)
    first?.()
    expect(ended).not.toHaveBeenCalled()
    second?.()
    expect(ended).toHaveBeenCalledTimes(1)
    other()
  })

  it('are left out with a count for who reads too slowly, and nobody waits', async () => {
    const waiting = new Waiting<number>(new AbortController().signal, 3)
    for (let at = 0; at < 10; at++) waiting.add(at)
    expect(await waiting.next()).toEqual({ items: [0, 1, 2], missed: 7 })
    waiting.add(10)
    expect(await waiting.next()).toEqual({ items: [10], missed: 0 })
  })
})

/** A proxy with `[web]` and a server `a` at this port, and how it is asked. */
async function watched(port: number | undefined) {
  const folder = folderWith({
    'infrarust.toml': '[log]\nformat = "json"\n[web]\nbind = "127.0.0.1:0"\napi_key = "k"\n',
    'servers/a.toml': `domains = ["a.example.com"]\naddresses = ["127.0.0.1:${port}"]\n`,
  })
  const running = new Running(folder)
  await running.logged('server "a" added')
  const { url } = await running.line(({ event }) => event === 'web')
  const ask = (path: string) => fetch(`${url}api/v1${path}`, { headers: { authorization: 'Bearer k' } })
  return { running, folder, ask }
}

describe('GET /events', { timeout: 120_000 }, () => {
  it('tells what happens: logins, refusals, bans, reloads, and the bytes of named sessions', async () => {
    const echo = createServer((socket) => {
      socket.on('error', () => {})
      socket.pipe(socket)
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void echo.close())
    await once(echo, 'listening')
    const address = echo.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const { running, folder, ask } = await watched(port)
    const told = await listen(ask, '/events')
    await until(() => told().includes('"kind":"listening"'), 'it listens')

    const player = await connected(await running.port())
    player.write(loginBytes('a.example.com', 'Notch'))
    await until(() => told().includes('"kind":"player.join"'), 'the player has joined')
    const joined = eventsIn(told()).find(({ kind }) => kind === 'player.join')
    expect(joined).toMatchObject({ player: 'Notch', server: 'a', client: '127.0.0.1' })
    const { data } = (await (await ask('/players')).json()) as { data: readonly { id: number; uuid: string | null }[] }
    const found = await Promise.all(
      ['nOTCH', data[0]?.uuid ?? 'Notch', data[0]?.id].map(async (by) => await (await ask(`/players/${by}`)).json()),
    )
    for (const answer of found) expect(answer).toMatchObject({ data: { id: joined?.id, username: 'Notch' } })
    const bytes = await listen(ask, `/events?types=ban.created&sessions=${joined?.id}`)
    await until(() => bytes().includes('session.bytes'), 'its bytes are told')
    expect(eventsIn(bytes()).find(({ kind }) => kind === 'session.bytes')?.sessions).toEqual([
      { id: joined?.id, bytes_in: expect.any(Number), bytes_out: expect.any(Number) },
    ])
    const stranger = await connected(await running.port())
    stranger.write(loginBytes('b.example.com', 'Nobody'))
    await until(() => told().includes('"kind":"connection.refused"'), 'somebody is refused')
    await finish(['ban', 'add', 'Notch'], '', { cwd: folder })
    await until(() => told().includes('"kind":"player.leave"'), 'the player is gone')
    expect(eventsIn(told()).find(({ kind }) => kind === 'player.leave')).toMatchObject({
      cause: 'kicked',
      reason: 'banned',
    })
    expect(eventsIn(told()).find(({ kind }) => kind === 'connection.refused')).toMatchObject({
      reason: 'unknown_domain',
    })
    await finish(['reload'], '', { cwd: folder })
    await until(() => told().includes('"kind":"config.reload"'), 'the reload is told, although nothing is new')
    const log = await listen(ask, '/logs?level=error')
    await until(() => log().includes('"kind":"listening"'), 'the log is followed')
    await until(() => told().includes('"kind":"stats.tick"'), 'there are figures')
    const recent = (await (await ask('/events/recent')).json()) as { data: readonly { kind: string }[] }
    expect(recent.data.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['connection.refused', 'connection.closed', 'ban.created', 'server.state_change']),
    )
    const history = (await (await ask('/stats/history')).json()) as { data: readonly { refusals: object }[] }
    expect(history.data.some(({ refusals }) => 'unknown_domain' in refusals)).toBe(true)
  })

  it('tells that players cannot get to a server, and when they can again', async () => {
    const backend = createServer((socket) => {
      socket.on('error', () => {})
      socket.pipe(socket)
    })
    const port = await freePort()
    onTestFinished(() => void backend.close())
    const { running, ask } = await watched(port)
    const told = await listen(ask, '/events?types=server.state_change')
    await until(() => told().includes('"kind":"listening"'), 'it listens')
    const join = async (name: string) =>
      (await connected(await running.port())).write(loginBytes('a.example.com', name))
    await join('First')
    await join('Second')
    await until(() => told().includes('"after":"down"'), 'it is down')
    await running.access(({ player }) => player === 'Second')
    const texts = async () => JSON.stringify(await (await ask('/attention')).json())
    expect(await texts()).toContain('server \\"a\\" could not be reached, 2 times')
    await new Promise<void>((resolve) => void backend.listen(port, '127.0.0.1', resolve))
    await join('Third')
    await until(() => told().includes('"after":"online"'), 'it is there again')
    expect(await texts()).not.toContain('could not be reached')
    expect(eventsIn(told()).map(({ server, before, after }) => [server, before, after])).toEqual([
      [undefined, undefined, undefined],
      ['a', 'online', 'down'],
      ['a', 'down', 'online'],
    ])
  })

  it('leaves events out with a count for a stream that is read slowly', async () => {
    const events = new EventHub()
    const gateway = { live: () => [] }
    const stop = new AbortController()
    const call = { signal: stop.signal, lines: (async function* () {})(), isFromNetwork: true, isReadOnly: false }
    const stream = verb.run({ events, gateway } as never, { types: 'stats.tick' }, call)[Symbol.asyncIterator]()
    expect((await stream.next()).value).toMatchObject({ kind: 'listening' })
    for (let at = 0; at < 5_000; at++) events.emit('stats.tick', () => ({ ...TICK, connections: at }))
    const kinds: unknown[] = []
    for (let at = 0; at < 1_001; at++) kinds.push((await stream.next()).value)
    expect(kinds.at(-2)).toMatchObject({ kind: 'stats.tick', connections: 999 })
    expect(kinds.at(-1)).toEqual({ kind: 'missed', events: 4_000 })
    stop.abort()
    await stream.return?.()
    expect(events.wants('stats.tick')).toBe(false)
  })

  it.each([
    ['/events', 'types=player.jion', 'types: write some of connection.opened'],
    ['/events', 'sessions=1,x', 'sessions: write ids'],
    ['/events', `sessions=${Array.from({ length: 201 }, (_, at) => at).join(',')}`, 'sessions: 200 ids at most'],
    // It was a stream with an error in it.
    ['/trace', 'target=nowhere', 'is no client'],
  ])('refuses %s?%s', async (path, query, message) => {
    const api = apiOf([verb, trace], undefined as never)
    const given = {
      path: `/api/v1${path}`,
      query,
      body: (async function* () {})(),
      signal: AbortSignal.timeout(10_000),
    }
    const response = await api(new Request('http://infrarust/'), given)
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(message)])
  })
})

/** What a stream says, as it comes. */
async function listen(ask: (path: string) => Promise<Response>, path: string): Promise<() => string> {
  const { body } = await ask(path)
  let told = ''
  const reader = body?.getReader()
  onTestFinished(() => void reader?.cancel().catch(() => {}))
  const read = async (): Promise<void> => {
    for (let piece = await reader?.read(); piece?.value !== undefined; piece = await reader?.read())
      told += Buffer.from(piece.value).toString()
  }
  read().catch(() => {})
  return () => told
}

function eventsIn(told: string): readonly Readonly<Record<string, unknown>>[] {
  return [...told.matchAll(/^data: (.*)$/gm)].map(([, json = '']) => JSON.parse(json))
}
