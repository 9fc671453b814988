import { describe, expect, it } from 'vitest'
import type { EndpointSource, GatewaySettings } from '../../src/index.ts'
import { DialsUnderWay } from '../../src/loop/dials-under-way.ts'
import { handshake, jsonIn, loginStart, STATUS_REQUEST } from '../connection/packets.ts'
import { type SimulatedClient, Simulation } from '../connection/simulation.ts'
import { listenerConfig, serverTo } from './fixtures.ts'

const OWN = { host: 'own.example.com', address: '127.0.0.1', port: 25_565 }
const TEXT = 'a cannot be reached: its address leads back to this proxy. Please tell its operator.'

function simulate(endpoints?: EndpointSource, changes: Partial<GatewaySettings> = {}): Simulation {
  const servers = [serverTo('a', ['a.example.com'], 1), serverTo('b', ['b.example.com'], 2)]
  const surroundings = endpoints === undefined ? {} : { endpoints }
  return new Simulation({ listener: listenerConfig(), servers, changes, surroundings })
}

function login(
  simulation: Simulation,
  name = 'Steve',
  address = '192.0.2.10',
  domain = 'a.example.com',
): SimulatedClient {
  return simulation.accept({ address, port: 5 }).send(handshake(domain), loginStart(name))
}

describe('a server whose every address is a listener of this proxy', () => {
  const looped: EndpointSource = { of: () => ({ kind: 'loop', own: [OWN] }) }

  it('is not dialled for a login: the player is told so, and the log names the server once', () => {
    const simulation = simulate(looped)
    for (let count = 0; count < 20; count++) {
      const client = login(simulation)
      expect(client.record).toMatchObject({ reason: 'loop', server: 'a', endpoint: undefined })
      expect(jsonIn(client.received)).toBe(TEXT)
    }
    expect(simulation.errors).toEqual([
      'server "a" leads back to this proxy: it listens at own.example.com:25565 (127.0.0.1) itself, so nobody is sent ' +
        'there; write in servers/a.toml where the server listens',
    ])
    login(simulation, 'Steve', '192.0.2.10', 'b.example.com')
    expect(simulation.errors).toHaveLength(2)
    simulation.advance(600_000)
    login(simulation)
    expect(simulation.errors).toHaveLength(3)
  })

  it('is not asked for its status, and the ping is told so', () => {
    const changes = { statuses: { ask: () => expect.unreachable() } }
    const client = simulate(looped, changes).accept().send(handshake('a.example.com', 'status'), STATUS_REQUEST)
    expect(jsonIn(client.received)).toMatchObject({ description: TEXT })
    client.end().finish({ by: 'client', how: 'fin' })
    expect(client.record).toMatchObject({ reason: 'loop', intent: 'status' })
  })
})

describe('a server of which one address is a listener of this proxy', () => {
  const half: EndpointSource = {
    of: () => ({ kind: 'ready', endpoints: [{ host: '10.0.0.1', address: '10.0.0.1', port: 1 }], own: [OWN] }),
  }

  it('is dialled at the others, and the log names it', () => {
    const simulation = simulate(half)
    const client = login(simulation)
    expect(client.relay.attempts.map(({ address }) => address)).toEqual(['10.0.0.1'])
    client.dialled()
    expect(simulation.errors).toEqual([expect.stringContaining('leads back to this proxy')])
  })

  it('is a loop where no other one answers', () => {
    expect(login(simulate(half)).dialFailed().record).toMatchObject({ reason: 'loop' })
  })
})

describe('one player on his way to one server', () => {
  it('sixteen times at once is let in, and at the seventeenth the server is a loop', () => {
    const simulation = simulate()
    const clients = Array.from({ length: 16 }, () => login(simulation))
    expect(clients.every(({ decision }) => decision?.kind === 'relay')).toBe(true)
    for (let count = 0; count < 10; count++) {
      const late = login(simulation)
      expect(late.record).toMatchObject({ reason: 'loop', server: 'a', endpoint: undefined })
      expect(jsonIn(late.received)).toBe(TEXT)
    }
    expect(simulation.errors).toEqual([
      'server "a" leads back to this proxy by way of others: one player is on the way to it 17 times at once, and it has ' +
        'answered none of them; they come from 192.0.2.10; see where the addresses in servers/a.toml lead',
    ])
  })

  it('shuts out nobody of another name or address, and nobody on the way to another server', () => {
    const simulation = simulate()
    for (let count = 0; count < 17; count++) login(simulation)
    for (const other of [
      login(simulation, 'Alex'),
      login(simulation, 'Steve', '192.0.2.11'),
      login(simulation, 'Steve', '192.0.2.10', 'b.example.com'),
    ]) {
      expect(other.decision?.kind).toBe('relay')
    }
  })

  it('is counted until the server speaks, the dial fails, or he leaves', () => {
    const simulation = simulate()
    const ends: ((client: SimulatedClient) => unknown)[] = [
      (client) => client.dialled(),
      (client) => client.dialFailed(),
      (client) => client.end('reset'),
      (client) => client.finish({ by: 'client', how: 'fin' }),
      (client) => simulation.gateway.cut({ kind: 'connection', id: client.id }, { reason: 'kicked' }),
      () => simulation.advance(25_000),
    ]
    for (const end of ends) {
      for (let count = 0; count < 16; count++) end(login(simulation))
      expect(login(simulation).dialled().decision?.kind).toBe('relay')
    }
    expect(simulation.errors.filter((text) => text.includes('leads back'))).toEqual([])
  })
})

// Counted before its header was encoded, each dial that failed there was never given back: a loop after the sixteenth.
it('a dial that cannot be begun is not counted', () => {
  let isFailing = true
  const simulation = new Simulation({
    listener: listenerConfig(),
    servers: [
      serverTo('a', ['a.example.com'], 1, {
        sendProxyProtocol: 2,
        proxyProtocol: { passTlvs: false, authority: false, uniqueId: true, crc32c: false, maxHeaderBytes: 536 },
      }),
    ],
    uniqueId: (id) => {
      if (isFailing) throw new Error('no id')
      return Uint8Array.of(id)
    },
  })
  for (let count = 0; count < 20; count++) expect(login(simulation).record).toMatchObject({ reason: 'internal' })
  isFailing = false
  expect(login(simulation).decision?.kind).toBe('relay')
})

describe('dials under way', () => {
  it('are remembered for as long as they last, and no longer', () => {
    const dials = new DialsUnderWay()
    const all = Array.from({ length: 100 }, (_, index) => dials.begin('192.0.2.1', 'Steve', 'a', `192.0.2.${index}`))
    expect(dials.size).toBe(1)
    expect(all[0]?.value.peers).toHaveLength(16)
    for (const each of all) dials.end(each)
    expect(dials.size).toBe(0)
  })
})
