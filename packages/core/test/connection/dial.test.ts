import { decode, type Header, type Tlv } from '@infrarust/proxy-protocol'
import { describe, expect, it } from 'vitest'
import type { SentTlvs } from '../../src/proxy-header/proxy-protocol-keys.ts'
import type { Server } from '../../src/server/server.ts'
import { listenerConfig, serverTo } from '../gateway/fixtures.ts'
import {
  DESTINATION,
  handshake,
  header,
  jsonIn,
  LOCAL_HEADER,
  loginStart,
  PING,
  PLAYER,
  STATUS_REQUEST,
} from './packets.ts'
import { LOCAL, PEER, type SimulatedClient, Simulation } from './simulation.ts'

const LOGIN = Buffer.concat([handshake('a.example.com'), loginStart()])
const TRUSTED = [{ family: 'ipv4', address: PEER.address, prefix: 32 }] as const

function simulate(changes: Partial<Server>, trusted: typeof TRUSTED | undefined = TRUSTED): Simulation {
  return new Simulation({
    listener: listenerConfig({ mode: 'required', trusted, maxHeaderBytes: 4_096 }),
    servers: [serverTo('a', ['a.example.com'], 1, changes)],
  })
}

function sent(client: SimulatedClient): Header {
  const decoded = decode(client.head())
  if (decoded.kind !== 'header') throw new Error(`no header: ${decoded.kind}`)
  expect(client.head().subarray(decoded.headerBytes)).toEqual(LOGIN)
  return decoded.header
}

function tlvs(changes: Partial<SentTlvs>): SentTlvs {
  return { passTlvs: false, authority: false, uniqueId: false, crc32c: false, maxHeaderBytes: 536, ...changes }
}

const RECEIVED: readonly Tlv[] = [
  { type: 0x04, value: Buffer.alloc(3) },
  { type: 0xea, value: Buffer.from('vpce') },
  { type: 0x05, value: Buffer.from('their id') },
  { type: 0x03, value: new Uint8Array(4) },
]

describe('the header for a backend', () => {
  it.each([1, 2] as const)('of version %i says who the client is and where it wanted to go', (version) => {
    const client = simulate({ sendProxyProtocol: version }).accept().send(header(), LOGIN)
    expect(sent(client)).toMatchObject({ version, command: 'PROXY', source: PLAYER, destination: DESTINATION })
  })

  it('names the peer and the local socket after LOCAL', () => {
    const client = simulate({ sendProxyProtocol: 2 }).accept().send(LOCAL_HEADER, LOGIN)
    expect(sent(client)).toMatchObject({ command: 'PROXY', source: PEER, destination: LOCAL })
  })

  it.each([1, 2] as const)('of version %i maps IPv4 where families are mixed', (version) => {
    const simulation = new Simulation({
      listener: listenerConfig(),
      servers: [serverTo('a', ['a.example.com'], 1, { sendProxyProtocol: version })],
    })
    const client = simulation.accept({ address: '2001:db8::7', port: 5 }).send(LOGIN)
    expect(sent(client)).toMatchObject({
      family: 'IPv6',
      source: { address: '2001:db8::7' },
      destination: { address: `::ffff:${LOCAL.address}` },
    })
  })

  it('is not there where the server wants none', () => {
    expect(simulate({}).accept().send(header(), LOGIN).head()).toEqual(LOGIN)
  })

  it('has our own TLVs last, the checksum behind them', () => {
    const proxyProtocol = tlvs({ passTlvs: true, authority: true, uniqueId: true, crc32c: true })
    const client = simulate({ sendProxyProtocol: 2, proxyProtocol }).accept().send(header(RECEIVED), LOGIN)
    expect(
      sent(client).tlvs.map(({ type, value }) => [type, type === 3 ? 'sum' : Buffer.from(value).toString()]),
    ).toEqual([
      [0xea, 'vpce'],
      [0x02, 'a.example.com'],
      [0x05, String.fromCharCode(client.id)],
      [0x03, 'sum'],
    ])
  })

  // The dashboard showed what the configuration would send, without our own TLVs.
  it('can be had again, byte by byte as it was sent, for as long as the connection lives', () => {
    const proxyProtocol = tlvs({ passTlvs: true, authority: true, uniqueId: true, crc32c: true })
    for (const changes of [{ sendProxyProtocol: 1 }, { sendProxyProtocol: 2, proxyProtocol }] as const) {
      const simulation = simulate(changes)
      const client = simulation.accept().send(header(RECEIVED))
      expect(simulation.gateway.sentHeader(client.id)).toBeUndefined()
      client.send(LOGIN).dialled()
      const again = simulation.gateway.sentHeader(client.id) ?? new Uint8Array()
      expect(Buffer.concat([again, LOGIN])).toEqual(Buffer.from(client.head()))
      client.finish({ by: 'client', how: 'fin' })
      expect(simulation.gateway.sentHeader(client.id)).toBeUndefined()
    }
  })

  it('passes received TLVs on, byte by byte as they came, also after a wait', () => {
    const client = simulate({ sendProxyProtocol: 2, proxyProtocol: tlvs({ passTlvs: true }) })
      .accept()
      .trickle(header(RECEIVED), LOGIN)
    expect(sent(client).tlvs.map(({ type, value }) => [type, Buffer.from(value).toString()])).toEqual([
      [0xea, 'vpce'],
      [0x05, 'their id'],
    ])
  })

  it('passes nothing on from peers that are not written down as trusted', () => {
    const simulation = simulate({ sendProxyProtocol: 2, proxyProtocol: tlvs({ passTlvs: true }) }, undefined)
    const open = new Simulation({
      listener: listenerConfig({ mode: 'required', trusted: undefined }),
      servers: [serverTo('a', ['a.example.com'], 1, { sendProxyProtocol: 2, proxyProtocol: tlvs({ passTlvs: true }) })],
    })
    expect(sent(open.accept().send(header(RECEIVED), LOGIN)).tlvs).toEqual([])
    expect(simulation.errors).toEqual([])
  })

  it('leaves received TLVs out over the limit, and warns once', () => {
    const proxyProtocol = tlvs({ passTlvs: true, uniqueId: true })
    const simulation = simulate({ sendProxyProtocol: 2, proxyProtocol })
    const long = [{ type: 0xea, value: new Uint8Array(600) }]
    for (let count = 0; count < 2; count++) {
      expect(sent(simulation.accept().send(header(long), LOGIN)).tlvs.map(({ type }) => type)).toEqual([0x05])
    }
    expect(simulation.errors.filter((text) => text.includes('TLVs'))).toHaveLength(1)
  })
})

describe('the handshake for a backend', () => {
  const rewritten = { domainRewrite: 'lobby.internal' }

  it('has the server’s own host name, and the markers that came', () => {
    for (const way of ['send', 'trickle'] as const) {
      const client = simulate(rewritten).accept()[way](header(), handshake('A.example.com.\0FML3\0'), loginStart())
      expect(client.head()).toEqual(Buffer.concat([handshake('lobby.internal\0FML3\0'), loginStart()]))
    }
  })

  it('stays as it came where the rewritten one would be too long', () => {
    const marked = handshake(`a.example.com\0^Floodgate^${'x'.repeat(4_071)}`)
    const client = simulate(rewritten).accept().send(header(), marked, loginStart())
    expect(client.head()).toEqual(Buffer.concat([marked, loginStart()]))
  })
})

describe('dialling', () => {
  const addresses = [
    { host: '10.0.0.1', port: 1 },
    { host: '2001:db8::1', port: 2 },
  ]

  it('offers every address in order, with one budget and the server’s own timeouts', () => {
    const simulation = simulate({ addresses, timeouts: { connectMs: 7, loginAnswerMs: 9_000, idleMs: 11 } })
    const { relay } = simulation.accept().send(header(), LOGIN)
    expect(relay.attempts.map(({ address, port, connectTimeoutMs }) => [address, port, connectTimeoutMs])).toEqual([
      ['10.0.0.1', 1, 7],
      ['2001:db8::1', 2, 7],
    ])
    expect(relay).toMatchObject({ deadlineAt: simulation.now + 9_000, idleMs: 11, halfClosedIdleMs: 30_000 })
  })

  it('has 25 seconds from the login start, and five from a status request', () => {
    const simulation = simulate({})
    const login = simulation.accept().send(header(), handshake('a.example.com'))
    simulation.advance(3_000)
    expect(login.send(loginStart()).relay.deadlineAt).toBe(simulation.now + 25_000)
    const status = simulation.accept().send(header(), handshake('a.example.com', 'status'), STATUS_REQUEST)
    expect(status.relay.deadlineAt).toBe(simulation.now + 5_000)
  })

  it('writes down the address that stands, and logs those that did not', () => {
    const simulation = simulate({ addresses })
    const client = simulation.accept().send(header(), LOGIN)
    client.dialled(1, [{ attempt: 0, cause: 'closed_early', message: 'FIN' }])
    expect(client.finish({ by: 'gateway', how: 'idle' }).record).toMatchObject({
      endpoint: '[2001:db8::1]:2',
      reason: 'idle_timeout',
    })
    expect(simulation.errors).toEqual([
      'server "a" did not answer at 10.0.0.1:1: FIN (closed_early); it closed before it said anything: do ' +
        'send_proxy_protocol and what it expects agree?',
    ])
  })

  it('ends in a kick when no address is left', () => {
    const client = simulate({ addresses }).accept().send(header(), LOGIN).dialFailed()
    expect(jsonIn(client.received)).toBe('a cannot be reached right now.')
    expect(client.record).toMatchObject({ reason: 'server_down', server: 'a', endpoint: '[2001:db8::1]:2' })
  })

  it('ends in a kick when the budget is used up', () => {
    const simulation = simulate({})
    const client = simulation.accept().send(header(), LOGIN)
    simulation.advance(25_000)
    expect(client.record).toMatchObject({ reason: 'server_down', ms: { connect: 25_000 } })
    expect(client.received.length).toBeGreaterThan(0)
  })

  // Who gave up while the server was thinking was told to be a dead server's, and the server was blamed in the log.
  it('is not the server’s fault where it has only closed after the client', () => {
    const simulation = simulate({ addresses })
    const client = simulation.accept().send(header(), LOGIN).end()
    client.dialFailed([
      { attempt: 0, cause: 'closed_early', message: 'FIN' },
      { attempt: 1, cause: 'closed_early', message: 'FIN' },
    ])
    expect(client.record).toMatchObject({ reason: 'client_closed', server: 'a' })
    expect(jsonIn(client.received)).toBe('a cannot be reached right now.')
    expect(simulation.errors).toEqual([])
  })

  // Players read that the server cannot be reached, and the log asked whether its address was right.
  it('is not the server’s fault where there was nothing left to dial with', () => {
    const simulation = simulate({ addresses })
    for (let count = 0; count < 3; count++) {
      const client = simulation.accept().send(header(), LOGIN)
      client.dialFailed([
        { attempt: 0, cause: 'exhausted', message: 'EMFILE' },
        { attempt: 1, cause: 'exhausted', message: 'EMFILE' },
      ])
      expect(client.record).toMatchObject({ reason: 'proxy_full', server: 'a' })
      expect(jsonIn(client.received)).toBe('This proxy is full. Try again in a moment.')
    }
    expect(simulation.errors).toEqual([
      'this process has no file descriptor left (EMFILE): newcomers are refused or read that the proxy is full until ' +
        'connections end; raise its limit (ulimit -n, LimitNOFILE=), or lower max_connections',
    ])
  })

  it('blames of several addresses only those that were dialled', () => {
    const simulation = simulate({ addresses })
    const client = simulation.accept().send(header(), LOGIN)
    client.dialFailed([
      { attempt: 0, cause: 'refused', message: 'ECONNREFUSED' },
      { attempt: 1, cause: 'exhausted', message: 'ENFILE' },
    ])
    expect(client.record).toMatchObject({ reason: 'proxy_full' })
    expect(simulation.errors).toEqual([
      expect.stringContaining('this machine has no file descriptor left (ENFILE)'),
      expect.stringMatching(
        /^server "a" did not answer at 10\.0\.0\.1:1: ECONNREFUSED \(refused\); nothing listens there/,
      ),
    ])
  })

  it('is the server’s fault where nobody was there, whatever the client has closed', () => {
    const client = simulate({}).accept().send(header(), LOGIN).end().dialFailed()
    expect(client.record).toMatchObject({ reason: 'server_down' })
  })

  it('ends with the client that has closed its side, when nothing has come until the budget is used up', () => {
    const simulation = simulate({})
    const client = simulation.accept().send(header(), LOGIN).end()
    simulation.advance(25_000)
    expect(client.record).toMatchObject({ reason: 'client_closed', ms: { connect: 25_000 } })
  })

  it('names no address in the record that was not dialled', () => {
    const client = simulate({ addresses }).accept().send(header(), LOGIN).end('reset')
    expect(client.record).toMatchObject({
      endpoint: '10.0.0.1:1',
      reason: 'client_reset',
    })
  })

  it('ends in a status for a ping, and answers the ping behind it', () => {
    const together = simulate({}).accept().send(header(), handshake('a.example.com', 'status'), STATUS_REQUEST, PING)
    together.dialFailed()
    expect(together.received.subarray(-PING.length)).toEqual(PING)
    expect(together.record).toMatchObject({ reason: 'server_down', intent: 'status' })

    const later = simulate({}).accept().send(header(), handshake('a.example.com', 'status'), STATUS_REQUEST)
    later.dialFailed()
    expect(jsonIn(later.received)).toMatchObject({ description: 'a cannot be reached right now.' })
    later.send(PING)
    expect(later.received.subarray(-PING.length)).toEqual(PING)
    expect(later.record).toMatchObject({ reason: 'server_down' })
  })

  it('does not happen in a mode that needs what the gateway was not given', () => {
    for (const proxyMode of ['client_only', 'offline', 'full'] as const) {
      const simulation = simulate({ proxyMode })
      const client = simulation.accept().send(header(), LOGIN)
      expect(client.record).toMatchObject({ reason: 'server_down', server: 'a' })
      expect(jsonIn(client.received)).toContain('a cannot be reached right now.')
      simulation.accept().send(header(), handshake('a.example.com', 'status'), STATUS_REQUEST).relay
    }
  })

  it.each(['passthrough', 'server_only', 'zero_copy', 'intercepted'] as const)('relays in the mode %s', (proxyMode) => {
    expect(simulate({ proxyMode }).accept().send(header(), LOGIN).head()).toEqual(LOGIN)
  })

  it.each([
    [{ state: 'starting' }, 'starting', 'a is starting'],
    [{ state: 'offline' }, 'server_down', 'a cannot be reached'],
  ] as const)('does not happen for a server that is %j', (changes, reason, text) => {
    const client = simulate(changes).accept().send(header(), LOGIN)
    expect(client.record).toMatchObject({ reason, server: 'a' })
    expect(jsonIn(client.received)).toContain(text)
  })
})
