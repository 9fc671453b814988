import { describe, expect, it } from 'vitest'
import { Gateway } from '../../src/gateway/gateway.ts'
import { BUILT_IN_MESSAGES } from '../../src/messages/built-in-messages.ts'
import { REASON_NAMES } from '../../src/record/reasons.ts'
import { handshake, jsonIn, loginStart, STATUS_REQUEST } from '../connection/packets.ts'
import { LOCAL, PEER, type SimulatedClient, Simulation } from '../connection/simulation.ts'
import { listenerConfig, serverTo, settings } from './fixtures.ts'

const LOGIN = Buffer.concat([handshake('a.example.com'), loginStart()])

function simulate(maxConnections: number): Simulation {
  return new Simulation({ listener: listenerConfig(), servers: [serverTo('a', ['a.example.com'], 1)], maxConnections })
}

function session(simulation: Simulation, name = 'Steve', address = '192.0.2.10'): SimulatedClient {
  return simulation.accept({ address, port: 5 }).send(handshake('a.example.com'), loginStart(name)).dialled()
}

describe('at max_connections', () => {
  it('the oldest connection without a handshake makes room', () => {
    const simulation = simulate(3)
    const player = session(simulation)
    const older = simulation.accept()
    const newer = simulation.accept()
    const newcomer = simulation.accept().send(LOGIN)
    expect(newcomer.decision?.kind).toBe('relay')
    expect(older.record).toMatchObject({ reason: 'proxy_full' })
    expect(older.wasReset).toBe(true)
    expect([player.isFinished, newer.isFinished]).toEqual([false, false])
  })

  it('a thousand mute sockets keep no player out', () => {
    const simulation = simulate(1_000)
    for (let count = 0; count < 1_000; count++) simulation.accept()
    expect(simulation.accept().send(LOGIN).head()).toEqual(LOGIN)
    expect(simulation.gateway.size).toBe(1_000)
  })

  it('the newcomer is told, where everybody else plays', () => {
    const simulation = simulate(2)
    session(simulation)
    const second = session(simulation)
    const newcomer = simulation.accept().send(LOGIN)
    expect(jsonIn(newcomer.received)).toBe('This proxy is full. Try again in a moment.')
    expect(newcomer.record).toMatchObject({ reason: 'proxy_full', domain: 'a.example.com' })
    const ping = simulation.accept().trickle(handshake('a.example.com', 'status'), STATUS_REQUEST)
    expect(jsonIn(ping.received)).toMatchObject({ description: 'This proxy is full. Try again in a moment.' })
    second.finish({ by: 'client', how: 'fin' })
    expect(simulation.accept().send(LOGIN).head()).toEqual(LOGIN)
  })

  it('refusals live a second, and above 64 of them nobody is answered', () => {
    const simulation = simulate(1)
    session(simulation)
    const mute = Array.from({ length: 64 }, () => simulation.accept())
    expect(mute.every(({ isFinished }) => !isFinished)).toBe(true)
    const late = simulation.accept()
    expect(late.record).toMatchObject({ reason: 'proxy_full', bytes_out: 0 })
    expect(late.wasReset).toBe(true)
    simulation.advance(1_000)
    expect(mute.every(({ record }) => record?.reason === 'proxy_full')).toBe(true)
    expect(simulation.accept().send(LOGIN).received.length).toBeGreaterThan(0)
  })
})

describe('a flood of connections that are closed', () => {
  // Each would linger for a second, however fast they come.
  it('is closed in order for as long as there are few, and at once beyond that', () => {
    const { gatewayOptions } = settings({
      listener: listenerConfig({ mode: 'required' }),
      servers: [],
      maxConnections: 10,
    })
    const gateway = new Gateway({ ...gatewayOptions, record: () => undefined, notice: () => undefined })
    const closes = Array.from({ length: 100 }, (_, id) => {
      gateway.input(id, { kind: 'accepted', at: 0, listener: 'main', peer: PEER, local: LOCAL })
      return gateway.input(id, { kind: 'bytes', at: 0, bytes: Uint8Array.of(0x47) })
    })
    expect(closes.map((decision) => (decision?.kind === 'close' ? decision.how : decision?.kind))).toEqual([
      ...Array.from({ length: 64 }, () => 'end'),
      ...Array.from({ length: 36 }, () => 'reset'),
    ])
  })
})

describe('a cut from outside', () => {
  it('finds everybody behind one address among hundreds of others, and nobody twice', () => {
    const simulation = simulate(2_000)
    const ofEach = Array.from({ length: 900 }, (_, at) =>
      session(simulation, `player${at % 450}`, `203.0.113.${at % 9}`),
    )
    expect(simulation.gateway.cut({ kind: 'client', address: '203.0.113.4' }, { reason: 'banned' })).toBe(100)
    expect(simulation.gateway.cut({ kind: 'client', address: '203.0.113.4' }, { reason: 'banned' })).toBe(0)
    expect(ofEach.filter(({ record }) => record?.reason === 'banned')).toHaveLength(100)
    expect(simulation.gateway.cut({ kind: 'player', name: 'Player5' }, { reason: 'kicked' })).toBe(2)
    expect(simulation.gateway.size).toBe(798)
  })

  it('finds a player by name, in any case, and by address', () => {
    const simulation = simulate(10)
    const steve = session(simulation, 'Steve', '203.0.113.1')
    const alex = session(simulation, 'Alex', '203.0.113.1')
    const mute = simulation.accept({ address: '203.0.113.2', port: 9 })
    expect(simulation.gateway.cut({ kind: 'player', name: 'STEVE' }, { reason: 'kicked' })).toBe(1)
    expect(steve.record).toMatchObject({ reason: 'kicked', player: 'Steve' })
    expect(simulation.gateway.cut({ kind: 'client', address: '203.0.113.1' }, { reason: 'banned' })).toBe(1)
    expect(alex.record).toMatchObject({ reason: 'banned', bytes_out: 0 })
    const inNetwork = {
      kind: 'matching',
      matches: ({ client }: { client: { address: string } }) => client.address.startsWith('203.'),
    } as const
    expect(simulation.gateway.cut(inNetwork, { reason: 'banned' })).toBe(1)
    // It has a second to say in which protocol it is to read why.
    simulation.advance(1_000)
    expect(mute.record).toMatchObject({ reason: 'banned' })
    expect(simulation.gateway.cut(inNetwork, { reason: 'banned' })).toBe(0)
  })

  it('brings its own text along', () => {
    const simulation = simulate(10)
    const client = simulation.accept().send(LOGIN)
    simulation.gateway.cut({ kind: 'connection', id: client.id }, { reason: 'banned', detail: 'Griefing' })
    expect(jsonIn(client.received)).toBe('You are banned.\nGriefing')
  })
})

describe('the gateway', () => {
  it('shows what is there at this moment', () => {
    const simulation = simulate(10)
    session(simulation)
    simulation.accept()
    expect(simulation.gateway.live()).toMatchObject([
      { state: 'relaying', server: 'a', endpoint: '127.0.0.1:1', player: { name: 'Steve' }, bytesIn: 1, bytesOut: 2 },
      { state: 'handshake', server: undefined, player: undefined },
    ])
  })

  it('turns newcomers away while it drains, and lets sessions go on', () => {
    const simulation = simulate(10)
    const player = session(simulation)
    simulation.gateway.drain()
    expect(jsonIn(simulation.accept().send(LOGIN).received)).toContain('restarting')
    expect(player.isFinished).toBe(false)
    player.finish({ by: 'gateway', how: 'closed' })
    expect(player.record).toMatchObject({ reason: 'shutdown' })
    expect(simulation.gateway.size).toBe(0)
  })

  it('says who ended a relay, and how', () => {
    const ends = [
      [{ by: 'client', how: 'fin' }, 'client_closed'],
      [{ by: 'client', how: 'reset' }, 'client_reset'],
      [{ by: 'server', how: 'fin' }, 'server_closed'],
      [{ by: 'server', how: 'reset' }, 'server_reset'],
      [{ by: 'gateway', how: 'idle' }, 'idle_timeout'],
      [{ by: 'gateway', how: 'error', message: 'broken' }, 'internal'],
    ] as const
    for (const [end, reason] of ends) expect(session(simulate(10)).finish(end).record).toMatchObject({ reason })
  })

  it('gives new settings to new connections, and leaves the others alone', () => {
    const simulation = simulate(10)
    const before = simulation.accept()
    const settings = {
      ...simulation.settings,
      policies: [{ name: 'new', admitIntent: () => ({ reason: 'filtered' }) as const }],
    }
    simulation.gateway.reconfigure(settings)
    expect(before.send(LOGIN).head()).toEqual(LOGIN)
    expect(simulation.accept().send(LOGIN).record).toMatchObject({ reason: 'filtered' })
  })

  it('closes without a word on an unknown domain where it is told to drop', () => {
    const simulation = new Simulation({
      listener: listenerConfig(),
      servers: [],
      changes: { unknownDomainBehavior: 'drop' },
    })
    expect(simulation.accept().send(LOGIN).record).toMatchObject({ reason: 'unknown_domain', bytes_out: 0 })
  })

  it('has a text for every reason', () => {
    const about = { client: PEER, domain: undefined, server: undefined, detail: undefined, expiresAt: undefined }
    for (const cause of REASON_NAMES) {
      expect(BUILT_IN_MESSAGES.kick({ ...about, cause })).toMatch(/\w\.$/)
      expect(BUILT_IN_MESSAGES.status({ ...about, cause }).description).toMatch(/\w\.$/)
    }
  })

  it('knows the built-in server of a first run', () => {
    const simulation = new Simulation({
      listener: listenerConfig(),
      servers: [],
      surroundings: { routes: { route: () => ({ kind: 'welcome' }), nextTable: () => Promise.resolve() } },
    })
    const ping = simulation.accept().send(handshake('anything', 'status', 47), STATUS_REQUEST)
    expect(jsonIn(ping.received)).toMatchObject({
      version: { protocol: 47 },
      description: expect.stringContaining('sees you as 192.0.2.10'),
    })
    const login = simulation.accept().send(LOGIN)
    expect(jsonIn(login.received)).toContain('addresses = ["127.0.0.1:25566"]')
    expect(login.record).toMatchObject({ reason: 'answered' })
  })
})
