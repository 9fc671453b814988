import type { Cidr } from '@infrarust/proxy-protocol'
import { describe, expect, it } from 'vitest'
import type { PendingLimits } from '../../src/gateway/waiting-clients.ts'
import type { ReceivedProxyProtocol } from '../../src/proxy-header/proxy-protocol-keys.ts'
import { handshake, headerOf, hex, jsonIn, LOCAL_HEADER, loginStart, STATUS_REQUEST } from '../connection/packets.ts'
import { type SimulatedClient, Simulation } from '../connection/simulation.ts'
import { listenerConfig, serverTo } from './fixtures.ts'

const LOGIN = Buffer.concat([handshake('a.example.com'), loginStart()])
const BALANCER = '10.0.0.2'
const TRUSTED: readonly Cidr[] = [{ family: 'ipv4', address: BALANCER, prefix: 32 }]

function simulate(
  limits: Partial<PendingLimits> = {},
  proxyProtocol: Partial<ReceivedProxyProtocol> = {},
  more: Partial<ConstructorParameters<typeof Simulation>[0]> = {},
): Simulation {
  return new Simulation({
    listener: listenerConfig(proxyProtocol),
    servers: [serverTo('a', ['a.example.com'], 1)],
    pendingLimits: { maxPending: 3, ...limits },
    ...more,
  })
}

function open(simulation: Simulation, count: number, address: string, ...bytes: Uint8Array[]): SimulatedClient[] {
  return Array.from({ length: count }, (_, index) => simulation.accept({ address, port: index + 1 }).send(...bytes))
}

/** Which of them are there, in the order of their accept. */
const there = (clients: readonly SimulatedClient[]): string =>
  clients.map(({ isFinished }) => (isFinished ? '-' : '+')).join('')

describe('one client more often than max_pending before it has said what it wants', () => {
  // It held every descriptor until the deadline of the handshake, and got them all again.
  it('loses its own oldest, and the newcomer stays', () => {
    const simulation = simulate()
    const other = open(simulation, 3, '192.0.2.20')
    const mute = open(simulation, 5, '192.0.2.10')
    expect(there(mute)).toBe('--+++')
    expect(there(other)).toBe('+++')
    expect(mute[0]).toMatchObject({ wasReset: true, record: { reason: 'rate_limited', client: '192.0.2.10' } })
    const player = simulation.accept().send(LOGIN)
    expect(player.head()).toEqual(LOGIN)
    expect(there(mute)).toBe('---++')
  })

  const unfinished: readonly (readonly [what: string, bytes: readonly Uint8Array[]])[] = [
    ['says nothing', []],
    ['sends half a handshake', [handshake('a.example.com').subarray(0, 5)]],
    ['sends a handshake and no Login Start', [handshake('a.example.com')]],
    ['sends a handshake and half a Login Start', [handshake('a.example.com'), loginStart().subarray(0, 3)]],
    ['wants a status and never asks', [handshake('a.example.com', 'status')]],
    ['wants to go where no server is, and gives no name', [handshake('b.example.com')]],
    ['sends a legacy ping that may go on', [hex('fe')]],
  ]
  it.each(unfinished)('is one that %s', (_, bytes) => {
    const simulation = simulate()
    expect(there(open(simulation, 5, '192.0.2.10', ...bytes))).toBe('--+++')
  })

  it('is one that is refused and does not wait for its answer', () => {
    const policies = [{ name: 'test', admitClient: () => ({ reason: 'filtered' }) as const }]
    const simulation = simulate({}, {}, { policies })
    const refused = open(simulation, 5, '192.0.2.10')
    expect(there(refused)).toBe('--+++')
    expect(refused[0]?.record).toMatchObject({ reason: 'filtered' })
    const told = simulation.accept({ address: '192.0.2.20', port: 1 }).send(LOGIN)
    expect(told.received.length).toBeGreaterThan(0)
  })

  const complete: readonly (readonly [what: string, bytes: readonly Uint8Array[]])[] = [
    ['logs in', [LOGIN]],
    ['asks for a status', [handshake('a.example.com', 'status'), STATUS_REQUEST]],
  ]
  it.each(complete)('is none that %s', (_, bytes) => {
    const simulation = simulate()
    expect(there(open(simulation, 10, '192.0.2.10', ...bytes))).toBe('++++++++++')
  })

  it('is known by its network', () => {
    const simulation = simulate({ ipv4Prefix: 24 })
    const ipv4 = ['1', '2', '3', '4'].flatMap((last) => open(simulation, 1, `192.0.2.${last}`))
    expect(there(ipv4)).toBe('-+++')
    const ipv6 = ['1:2::1', '1:2:ffff::1', '1:3::1', '1:2::2', '1:2::3'].flatMap((last) =>
      open(simulation, 1, `2001:db8:${last}`),
    )
    expect(there(ipv6)).toBe('-++++')
  })

  it('is nobody who is exempt, and nobody where the limit is 0', () => {
    const exempt = simulate({ exempt: [{ family: 'ipv4', address: '192.0.2.0', prefix: 24 }] })
    expect(there(open(exempt, 5, '192.0.2.10'))).toBe('+++++')
    expect(there(open(simulate({ maxPending: 0 }), 5, '192.0.2.10'))).toBe('+++++')
  })

  it('is counted anew when its connections are over', () => {
    const simulation = simulate()
    for (let round = 0; round < 3; round++) {
      const mute = open(simulation, 3, '192.0.2.10')
      expect(there(mute)).toBe('+++')
      for (const client of mute) client.end(round === 0 ? 'reset' : 'fin')
      expect(there(mute)).toBe('---')
    }
  })

  it('makes room for itself at max_connections, and not at the cost of somebody who came before', () => {
    const simulation = simulate({}, {}, { maxConnections: 4 })
    const [slow] = open(simulation, 1, '192.0.2.20')
    const flood = open(simulation, 20, '192.0.2.10')
    expect(slow?.isFinished).toBe(false)
    expect(there(flood)).toBe(`${'-'.repeat(17)}+++`)
    expect(slow?.send(LOGIN).head()).toEqual(LOGIN)
  })
})

describe('behind a PROXY header, max_pending', () => {
  it('counts no peer that is trusted, and then each client that it names', () => {
    const simulation = simulate({}, { mode: 'required', trusted: TRUSTED })
    expect(there(open(simulation, 10, BALANCER))).toBe('++++++++++')
    const one = open(simulation, 5, BALANCER, headerOf('203.0.113.7'))
    const others = Array.from({ length: 10 }, (_, at) => open(simulation, 1, BALANCER, headerOf(`198.51.100.${at}`)))
    expect(there(one)).toBe('--+++')
    expect(there(others.flat())).toBe('++++++++++')
    expect(one[0]?.record).toMatchObject({ reason: 'rate_limited', client: '203.0.113.7', peer: BALANCER })
  })

  it('counts nobody before the header where everybody is believed', () => {
    const simulation = simulate({}, { mode: 'required', trusted: undefined })
    expect(there(open(simulation, 10, '192.0.2.10'))).toBe('++++++++++')
    expect(there(open(simulation, 5, '192.0.2.10', headerOf('203.0.113.7')))).toBe('--+++')
  })

  it('counts the peers that are not trusted where a header may come, and those that send none', () => {
    const simulation = simulate({}, { mode: 'optional', trusted: TRUSTED })
    expect(there(open(simulation, 5, '192.0.2.10'))).toBe('--+++')
    expect(there(open(simulation, 5, BALANCER))).toBe('+++++')
    expect(there(open(simulation, 5, BALANCER, handshake('a.example.com')))).toBe('--+++')
  })

  it('counts an IPv6 client by its network, and a mapped one as IPv4', () => {
    const simulation = simulate({}, { mode: 'required' })
    const from = (address: string): SimulatedClient[] => open(simulation, 1, BALANCER, headerOf(address))
    expect(there(['2001:db8::1', '2001:db8::2', '2001:db8:0:1::1', '2001:db8::3', '2001:db8::4'].flatMap(from))).toBe(
      '-++++',
    )
    expect(there(['203.0.113.7', '::ffff:203.0.113.7', '203.0.113.7', '203.0.113.7'].flatMap(from))).toBe('-+++')
  })

  it('leaves health checks alone until one turns out to be a login', () => {
    const simulation = simulate({}, { mode: 'required', trusted: TRUSTED })
    const unknown = Buffer.from('PROXY UNKNOWN\r\n')
    expect(there(open(simulation, 5, BALANCER, LOCAL_HEADER))).toBe('+++++')
    expect(there(open(simulation, 5, BALANCER, unknown))).toBe('+++++')
    expect(there(open(simulation, 5, BALANCER, LOCAL_HEADER, handshake('a.example.com', 'status')))).toBe('+++++')
    expect(there(open(simulation, 5, BALANCER, LOCAL_HEADER, handshake('a.example.com')))).toBe('--+++')
  })
})

describe('max_pending while the proxy runs', () => {
  const withMax = (simulation: Simulation, maxPending: number): void =>
    simulation.gateway.reconfigure({
      ...simulation.settings,
      pendingLimits: { ...simulation.settings.pendingLimits, maxPending },
    })

  it('holds for the next connection: lowered, raised, switched off and on', () => {
    const simulation = simulate()
    const mute = open(simulation, 3, '192.0.2.10')
    withMax(simulation, 1)
    expect(there(mute)).toBe('+++')
    mute.push(...open(simulation, 1, '192.0.2.10'))
    expect(there(mute)).toBe('---+')
    withMax(simulation, 2)
    mute.push(...open(simulation, 1, '192.0.2.10'))
    expect(there(mute)).toBe('---++')
    withMax(simulation, 0)
    mute.push(...open(simulation, 4, '192.0.2.10'))
    expect(there(mute)).toBe('---++++++')
    withMax(simulation, 3)
    mute.push(...open(simulation, 2, '192.0.2.10'))
    expect(there(mute)).toBe('----+++++++')
  })

  it('tells the newcomer nothing: it is served', () => {
    const simulation = simulate({ maxPending: 1 })
    open(simulation, 4, '192.0.2.10')
    const ping = simulation.accept().send(handshake('b.example.com', 'status'), STATUS_REQUEST)
    expect(jsonIn(ping.received)).toMatchObject({ description: expect.stringContaining('b.example.com') })
  })
})
