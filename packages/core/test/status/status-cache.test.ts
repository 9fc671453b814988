import { decodeStatusJson, PROTOCOL_VERSIONS } from '@infrarust/minecraft'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  type FetchedStatus,
  type Notice,
  type Server,
  StatusCache,
  type StatusDecision,
  type StatusQuestion,
  type StatusWanted,
} from '../../src/index.ts'
import { server as makeServer } from '../provider/server.ts'

const CLIENT = { address: '203.0.113.7', port: 40_000 }
const SETTINGS = { ttlMs: 5_000, maxEntries: 1_000, statusMs: 5_000 }
const SURVIVAL = makeServer({
  id: 'survival',
  domains: ['survival.example.com', '*.survival.example.com'],
  addresses: [{ host: '127.0.0.1', port: 1 }],
})

/** A cache whose clock and backends the test moves. */
class Stage {
  now = 1_000
  readonly notices: Notice[] = []
  readonly fetches: (StatusWanted & { readonly end: (fetched: FetchedStatus) => Promise<void> })[] = []
  readonly cache: StatusCache

  constructor(settings: Partial<typeof SETTINGS> = {}) {
    this.cache = new StatusCache({
      settings: { ...SETTINGS, ...settings },
      now: () => this.now,
      notice: (notice) => this.notices.push(notice),
      fetch: (wanted) => {
        const { promise, resolve } = Promise.withResolvers<FetchedStatus>()
        const end = async (fetched: FetchedStatus): Promise<void> => {
          resolve(fetched)
          // Until the cache has put it down.
          await promise.then(() => undefined).then(() => undefined)
          await new Promise((turn) => setImmediate(turn))
        }
        this.fetches.push({ ...wanted, end })
        return promise
      },
    })
  }

  ask(question: Partial<StatusQuestion> = {}): StatusDecision {
    return this.cache.ask({
      server: SURVIVAL,
      domain: 'survival.example.com',
      protocol: 765,
      client: CLIENT,
      ...question,
    })
  }

  /** Asks, lets the backend answer, and asks again as a held connection does. */
  async fill(text: string, question: Partial<StatusQuestion> = {}): Promise<void> {
    expect(this.ask(question).kind).toBe('pending')
    await this.fetches.at(-1)?.end(status(text))
    expect(this.ask(question)).toEqual({ kind: 'answer', json: status(text).json })
  }
}

function status(text: string): Extract<FetchedStatus, { kind: 'status' }> {
  return { kind: 'status', json: JSON.stringify({ version: { name: '1.20.4', protocol: 765 }, description: text }) }
}

const FAILED: FetchedStatus = { kind: 'failed', message: 'gave no status' }

let stage: Stage
beforeEach(() => {
  stage = new Stage()
})

describe('the status of a server', () => {
  it('has a reason where it is not the server’s fault that there is none, and no line that blames the server', async () => {
    stage.ask()
    await stage.fetches[0]?.end({ kind: 'failed', reason: 'proxy_full', message: 'EMFILE' })
    expect(stage.ask()).toEqual({ kind: 'down', reason: 'proxy_full' })
    stage.ask({ domain: 'other.example.com' })
    await stage.fetches[1]?.end({ kind: 'failed', reason: 'proxy_full', message: 'EMFILE' })
    stage.ask({ domain: 'third.example.com' })
    await stage.fetches[2]?.end({ kind: 'failed', reason: 'loop', message: 'leads back to this proxy' })
    expect(stage.ask({ domain: 'third.example.com' })).toEqual({ kind: 'down', reason: 'loop' })
    expect(stage.notices.map(({ message }) => message)).toEqual([
      expect.stringContaining('this process has no file descriptor left (EMFILE)'),
    ])
  })

  it('is fetched once for all who wait', async () => {
    const first = stage.ask()
    expect(first.kind).toBe('pending')
    for (let i = 0; i < 100; i++) expect(stage.ask().kind).toBe('pending')
    expect(stage.fetches).toHaveLength(1)
    expect(stage.fetches[0]).toMatchObject({ server: SURVIVAL, domain: 'survival.example.com', protocol: 765 })
    let isSettled = false
    if (first.kind === 'pending') void first.done.then(() => (isSettled = true))
    await stage.fetches[0]?.end(status('hello'))
    expect(isSettled).toBe(true)
    expect(stage.ask()).toEqual({ kind: 'answer', json: status('hello').json })
    expect(stage.fetches).toHaveLength(1)
  })
  it('is given as it is until its time has passed, then still while the next is fetched', async () => {
    await stage.fill('old')
    stage.now += SETTINGS.ttlMs - 1
    expect(stage.ask().kind).toBe('answer')
    expect(stage.fetches).toHaveLength(1)
    stage.now += 1
    expect(stage.ask()).toEqual({ kind: 'answer', json: status('old').json })
    expect(stage.ask()).toEqual({ kind: 'answer', json: status('old').json })
    expect(stage.fetches).toHaveLength(2)
    await stage.fetches[1]?.end(status('new'))
    expect(stage.ask()).toEqual({ kind: 'answer', json: status('new').json })
  })
  it('is waited for where what is known is too old', async () => {
    await stage.fill('old')
    stage.now += 120_000
    expect(stage.ask().kind).toBe('pending')
  })
  it('is asked for in less time than a client waits', () => {
    stage.ask()
    expect(stage.fetches[0]?.timeoutMs).toBeLessThan(SETTINGS.statusMs)
  })
  it('is kept for each name and each version of the game, known here or not; who names none is asked for as -1', async () => {
    await stage.fill('one')
    expect(stage.ask({ protocol: 47 }).kind).toBe('pending')
    await stage.fetches[1]?.end(status('two'))
    // On the day of a release its number was asked as -1, and ViaVersion answered with that.
    for (const protocol of [999_999, -1, 1_073_742_000]) await stage.fill(`${protocol}`, { protocol })
    expect(stage.ask({ protocol: undefined })).toEqual({ kind: 'answer', json: status('-1').json })
    expect(stage.fetches.map(({ protocol }) => protocol)).toEqual([765, 47, 999_999, -1, 1_073_742_000])
  })
  it('is given as it came where nobody can read it, and the operator hears of it once a minute', async () => {
    stage = new Stage({ ttlMs: 1 })
    for (let i = 0; i < 3; i++) {
      stage.ask()
      await stage.fetches.at(-1)?.end({ kind: 'status', json: '{', fault: 'sent a status that is no JSON' })
      expect(stage.ask()).toEqual({ kind: 'answer', json: '{' })
      stage.now += 5_000
    }
    expect(stage.notices).toEqual([{ level: 'warn', message: 'server "survival" sent a status that is no JSON' }])
  })
  it('comes with what a mod has appended to it', async () => {
    const rest = Buffer.from('appended')
    stage.ask()
    await stage.fetches[0]?.end({ ...status('hello'), rest })
    expect(stage.ask()).toEqual({ kind: 'answer', json: status('hello').json, rest })
  })
})

describe('a failure', () => {
  it('is kept briefly, told at once while the server is asked again, and forgotten', async () => {
    stage.ask()
    await stage.fetches[0]?.end(FAILED)
    expect(stage.ask()).toEqual({ kind: 'down' })
    stage.now += 1_999
    expect(stage.ask()).toEqual({ kind: 'down' })
    expect(stage.fetches).toHaveLength(1)
    stage.now += 1
    expect(stage.ask()).toEqual({ kind: 'down' })
    expect(stage.fetches).toHaveLength(2)
    await stage.fetches[1]?.end(status('back'))
    expect(stage.ask().kind).toBe('answer')
  })
  it('takes the place of an older answer: a dead server does not look alive', async () => {
    await stage.fill('alive')
    stage.now += SETTINGS.ttlMs
    expect(stage.ask().kind).toBe('answer')
    await stage.fetches[1]?.end(FAILED)
    expect(stage.ask()).toEqual({ kind: 'down' })
  })
  // Such a server was shown as down, although it is up: a big modpack, a mod that writes another packet.
  it('of a server that has answered lets each ping go there, within the bounds', async () => {
    const garbled = { kind: 'failed', message: 'an answer that is none', hasAnswered: true } as const
    expect(stage.ask().kind).toBe('pending')
    await stage.fetches[0]?.end(garbled)
    const [first, second, third] = [stage.ask(), stage.ask(), stage.ask()]
    expect([first.kind, second.kind, third.kind]).toEqual(['relay', 'relay', 'down'])
    if (first.kind === 'relay') first.done?.()
    expect(stage.ask().kind).toBe('relay')
    expect(stage.fetches).toHaveLength(1)
    expect(stage.notices).toHaveLength(1)
  })
  it('that is old is no answer: a server that came back is asked', async () => {
    stage.ask()
    await stage.fetches[0]?.end(FAILED)
    stage.now += 60_000
    expect(stage.ask().kind).toBe('pending')
  })
  it('is logged once a minute, with its cause', async () => {
    for (let i = 0; i < 40; i++) {
      stage.ask()
      await stage.fetches.at(-1)?.end(FAILED)
      stage.now += 3_000
    }
    expect(stage.notices.map(({ message }) => message)).toEqual([
      'server "survival" gave no status',
      'server "survival" gave no status',
    ])
  })
})

describe('names that anybody can make up', () => {
  it('buy at most two connections at once', async () => {
    const kinds = Array.from({ length: 50 }, (_, i) => stage.ask({ domain: `${i}.survival.example.com` }).kind)
    expect(new Set(kinds)).toEqual(new Set(['pending']))
    expect(stage.fetches).toHaveLength(2)
    await stage.fetches[0]?.end(status('hello'))
    // Whoever waited for another name gets what is known.
    expect(stage.ask({ domain: '40.survival.example.com' }).kind).not.toBe('down')
  })
  it('buy at most ten connections a second; above that any answer of the server is given, however old', async () => {
    await stage.fill('hello')
    stage.now += 600_000
    const before = stage.fetches.length
    for (let i = 0; i < 100; i++) {
      stage.ask({ domain: `${i}.survival.example.com` })
      await stage.fetches.at(-1)?.end(FAILED)
    }
    expect(stage.fetches.length - before).toBe(10)
    expect(stage.ask({ domain: 'next.survival.example.com' })).toEqual({ kind: 'answer', json: status('hello').json })
    stage.now += 1_000
    stage.ask({ domain: 'later.survival.example.com' })
    expect(stage.fetches.length - before).toBe(11)
  })
  it('have at most 16 entries, and push out no real name', async () => {
    stage = new Stage({ ttlMs: 60_000 })
    await stage.fill('real')
    for (let i = 0; i < 100; i++) {
      stage.now += 100
      await stage.fill(`${i}`, { domain: `${i}.survival.example.com` })
    }
    const count = stage.fetches.length
    for (let i = 84; i < 100; i++) expect(stage.ask({ domain: `${i}.survival.example.com` }).kind).toBe('answer')
    expect(stage.fetches).toHaveLength(count)
    expect(stage.ask().kind).toBe('answer')
    stage.now += 1_000
    stage.ask({ domain: '83.survival.example.com' })
    expect(stage.fetches).toHaveLength(count + 1)
  })
  it('get the text about a dead server without a connection of their own', async () => {
    for (let i = 0; i < 12; i++) {
      stage.ask({ domain: `${i}.survival.example.com` })
      await stage.fetches.at(-1)?.end(FAILED)
    }
    expect(stage.fetches).toHaveLength(10)
    expect(stage.ask({ domain: 'more.survival.example.com' })).toEqual({ kind: 'down' })
  })
})

describe('versions that anybody can make up', () => {
  it('have at most 16 entries a server, and push out no known version', async () => {
    stage = new Stage({ ttlMs: 60_000 })
    await stage.fill('real')
    for (let i = 0; i < 100; i++) {
      stage.now += 100
      await stage.fill(`${i}`, { protocol: 10_000 + i })
    }
    const count = stage.fetches.length
    for (let i = 84; i < 100; i++) expect(stage.ask({ protocol: 10_000 + i }).kind).toBe('answer')
    expect(stage.ask()).toEqual({ kind: 'answer', json: status('real').json })
    expect(stage.fetches).toHaveLength(count)
    stage.now += 1_000
    stage.ask({ protocol: 10_083 })
    expect(stage.fetches).toHaveLength(count + 1)
  })
  it('do not change what others are answered while the server may not be asked', async () => {
    await stage.fill('real')
    stage.now += 600_000
    for (let i = 0; i < 100; i++) {
      stage.ask({ protocol: 10_000 + i })
      await stage.fetches.at(-1)?.end(status('made up'))
    }
    expect(stage.fetches).toHaveLength(11)
    expect(stage.ask()).toEqual({ kind: 'answer', json: status('real').json })
  })
})

describe('the bound over all servers', () => {
  it('counts characters, too: long statuses push out those that were used least', async () => {
    stage = new Stage({ ttlMs: 600_000, maxEntries: 100_000 })
    const long = 'x'.repeat(65_000)
    const servers = Array.from({ length: 600 }, (_, i) => makeServer({ id: `s${i}`, domains: ['a.example.com'] }))
    for (const server of servers) await stage.fill(long, { server })
    expect(stage.ask({ server: servers[599] ?? SURVIVAL }).kind).toBe('answer')
    expect(stage.ask({ server: servers[100] ?? SURVIVAL }).kind).toBe('answer')
    expect(stage.ask({ server: servers[0] ?? SURVIVAL }).kind).toBe('pending')
  })

  it('keeps the answers that were used last', async () => {
    stage = new Stage({ maxEntries: 2 })
    for (const protocol of [47, 340, 765]) await stage.fill(`${protocol}`, { protocol })
    expect(stage.ask({ protocol: 765 }).kind).toBe('answer')
    expect(stage.ask({ protocol: 340 }).kind).toBe('answer')
    expect(stage.ask({ protocol: 47 }).kind).toBe('pending')
  })
  it('takes effect at once when a reload lowers it', async () => {
    for (const protocol of PROTOCOL_VERSIONS.slice(0, 5)) await stage.fill('x', { protocol })
    stage.cache.configure({ ...SETTINGS, maxEntries: 1 })
    const count = stage.fetches.length
    stage.now += 2_000
    stage.ask({ protocol: PROTOCOL_VERSIONS[0] })
    expect(stage.fetches).toHaveLength(count + 1)
  })
})

describe('a changed server', () => {
  const motd = (text: string): Server['motd'] => ({
    online: {
      text,
      favicon: undefined,
      versionName: undefined,
      maxPlayers: 200,
      onlinePlayers: undefined,
      sample: undefined,
    },
  })
  it('keeps its answers when only its texts changed, and shows the new ones at once', async () => {
    await stage.fill('plain')
    const decision = stage.ask({ server: { ...SURVIVAL, motd: motd('Welcome, {client}') } })
    if (decision.kind !== 'answer') throw new Error(decision.kind)
    expect(decodeStatusJson(decision.json)).toMatchObject({
      value: {
        version: { name: '1.20.4', protocol: 765 },
        description: 'Welcome, 203.0.113.7',
        players: { max: 200, online: 0 },
      },
    })
    expect(stage.fetches).toHaveLength(1)
    // What was shown to one client is not shown to the next.
    const other = stage.ask({
      server: { ...SURVIVAL, motd: motd('Welcome, {client}') },
      client: { address: '203.0.113.8', port: 1 },
    })
    expect(other.kind === 'answer' && other.json).toContain('203.0.113.8')
  })
  it('is asked anew when it is somewhere else', async () => {
    await stage.fill('here')
    const moved = { ...SURVIVAL, addresses: [{ host: '127.0.0.2', port: 1 }] }
    expect(stage.ask({ server: moved }).kind).toBe('pending')
  })
  it('leaves nothing behind when it is gone', async () => {
    await stage.fill('here')
    stage.cache.use([])
    expect(stage.ask().kind).toBe('pending')
  })
})

describe('ttl = "0s"', () => {
  beforeEach(() => {
    stage = new Stage({ ttlMs: 0 })
  })
  it('relays each ping, two at a time', () => {
    const [first, second] = [stage.ask(), stage.ask()]
    expect([first.kind, second.kind]).toEqual(['relay', 'relay'])
    expect(stage.ask().kind).toBe('answer')
    if (first.kind === 'relay') {
      first.done?.()
      first.done?.()
    }
    expect(stage.ask().kind).toBe('relay')
    expect(stage.ask().kind).toBe('answer')
  })
  it('relays ten a second, and answers the others in the server’s name', () => {
    for (let i = 0; i < 10; i++) {
      const decision = stage.ask()
      expect(decision.kind).toBe('relay')
      if (decision.kind === 'relay') decision.done?.()
    }
    const decision = stage.ask()
    if (decision.kind !== 'answer') throw new Error(decision.kind)
    expect(decodeStatusJson(decision.json)).toMatchObject({
      // Without numbers monitors take the server for one that is down.
      value: { description: 'survival', version: { protocol: 765 }, players: { max: 0, online: 0 } },
    })
    stage.now += 1_000
    expect(stage.ask().kind).toBe('relay')
  })
  it('can be set while the proxy runs, and taken back', async () => {
    stage.cache.configure(SETTINGS)
    await stage.fill('cached')
    stage.cache.configure({ ...SETTINGS, ttlMs: 0 })
    expect(stage.ask().kind).toBe('relay')
  })
})
