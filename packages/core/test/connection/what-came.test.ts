import { encodeHandshake } from '@infrarust/minecraft'
import { describe, expect, it } from 'vitest'
import { listenerConfig, serverTo } from '../gateway/fixtures.ts'
import { handshake, header, hex, jsonIn, loginStart } from './packets.ts'
import { PEER, Simulation } from './simulation.ts'

function simulate(mode: 'off' | 'required' = 'off', changes: object = {}): Simulation {
  return new Simulation({
    listener: listenerConfig({ mode }),
    servers: [serverTo('a', ['a.example.com'], 1)],
    ...changes,
  })
}

/** A handshake whose next state is this one: status is 1. */
function withNextState(state: number): Uint8Array {
  const frame = encodeHandshake({ protocolVersion: 767, address: 'a.example.com', port: 25565, intent: 'status' })
  return Uint8Array.of(...frame.subarray(0, -1), state)
}

const OTHERS: readonly (readonly [what: string, bytes: Uint8Array])[] = [
  ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: a.example.com\r\n\r\n')],
  ['an HTTP request', Buffer.from('POST /x HTTP/1.1\r\n\r\n')],
  // Both begin as a PROXY header does, and were called one.
  ['an HTTP request', Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')],
  ['an HTTP request', Buffer.from('PROPFIND / HTTP/1.1\r\n\r\n')],
  ['a TLS handshake', hex('16030100c8010000c40303')],
  ['an SSH greeting', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')],
  ['a remote desktop (RDP) request', hex('0300002f2ae00000000000436f6f6b69653a')],
  ['a RakNet packet (Bedrock, which speaks UDP)', hex('01 0000000000000001 00ffff00fefefefefdfdfdfd12345678')],
  ['a query packet (which belongs on UDP)', hex('fefd09 00000001')],
]

describe('a client that speaks another protocol', () => {
  // The record said bad_handshake, and the operator had to capture packets to learn what it was.
  it.each(OTHERS)('is named in its record: %s', (what, bytes) => {
    const client = simulate().accept().send(bytes)
    expect(client.record?.detail).toContain(what)
    expect(['bad_handshake', 'overrun']).toContain(client.record?.reason)
    expect(client.received.length).toBe(0)
  })

  it.each(OTHERS)('is named in the log of a listener that requires a header: %s', (what, bytes) => {
    const simulation = simulate('required')
    const { record } = simulation.accept().send(bytes)
    expect(simulation.errors).toEqual([expect.stringContaining(`it looks like ${what}`)])
    expect(record).toMatchObject({ reason: 'proxy_protocol', detail: `${what} came instead of a PROXY header` })
  })

  it.each(OTHERS)('is no second header behind a first: %s', (what, bytes) => {
    const client = simulate('required').accept().send(header(), bytes)
    expect(['bad_handshake', 'overrun']).toContain(client.record?.reason)
    expect(client.record?.detail).toContain(what)
  })

  it('is shown by its first bytes where it is none that is known', () => {
    const simulation = simulate('required')
    expect(simulation.accept().send(hex('057f')).record?.detail).toContain('it begins 057f')
    expect(simulation.errors).toEqual([expect.stringContaining('it begins 057f')])
  })
})

it.each([
  ['another next state', withNextState(4), 'a next state that is none'],
  ['forwarding data', handshake('a.example.com\0' + '203.0.113.7\0' + '069a79f4'), 'forwarding data behind the name'],
  ['a name that none can have', handshake('a b.example.com'), 'characters that no host or player has'],
  ['a frame that is too long', hex('ffff01 00'), 'longer than is accepted'],
  ['nothing that is known', hex('05 7f'), 'it begins 057f'],
])('a handshake with %s says so in its record', (_, bytes, detail) => {
  expect(simulate().accept().send(bytes).record?.detail).toContain(detail)
})

describe('a PROXY header', () => {
  // The most frequent mistake in a chain. Its record named the hop before as client, and fail2ban banned it.
  it.each([
    ['version 2', header()],
    ['version 1', Buffer.from('PROXY TCP4 203.0.113.9 198.51.100.2 5 25565\r\n')],
  ])('behind another one is a fault of the peer, with the fix: %s', (_, second) => {
    for (const parts of [[Buffer.concat([header(), second, handshake('a.example.com')])], [header(), second]]) {
      const simulation = simulate('required')
      const client = simulation.accept().send(...parts)
      expect(client.record).toMatchObject({ reason: 'proxy_protocol', client: PEER.address, peer: PEER.address })
      expect(simulation.errors).toEqual([expect.stringContaining('let this peer read the one that it gets')])
    }
  })

  // The record said that the load balancer itself was not let in, or the hop before it.
  it('behind another one is a fault of the peer also where the client of the first is not let in', () => {
    const policies = [{ name: 'test', admitClient: () => ({ reason: 'filtered' as const }) }]
    const client = simulate('required', { policies }).accept().send(header(), header(), handshake('a.example.com'))
    expect(client.record).toMatchObject({ reason: 'proxy_protocol', client: PEER.address })
  })

  it('that is too long says so with the first byte of its length', () => {
    const simulation = simulate('required')
    const client = simulation.accept()
    for (const byte of hex('0d0a0d0a000d0a515549540a 2111 17')) client.send(Uint8Array.of(byte))
    expect(simulation.errors).toEqual([expect.stringContaining('it announces at least 5904 bytes; ')])
  })

  it('that is too long says how long, and which key bounds it', () => {
    const simulation = simulate('required')
    simulation.accept().send(hex('0d0a0d0a000d0a515549540a 2111 0400'))
    expect(simulation.errors).toEqual([
      expect.stringMatching(
        /^InvalidProxyProtocol: header exceeds maximum size: it announces 1040 bytes; .*max_header_size is 536 bytes/,
      ),
    ])
  })
})

describe('a player who joins by a name that no server has', () => {
  it('is told to the operator once for each name, and not without bound', () => {
    const simulation = simulate()
    for (let count = 0; count < 5; count++) simulation.accept().send(handshake('c.example.com'), loginStart())
    expect(simulation.errors).toEqual([
      'a player joined by "c.example.com", which no server has: add it to the domains of one, or write default = true in ' +
        'the server that takes every other name',
    ])
    for (let count = 0; count < 100; count++) simulation.accept().send(handshake(`x${count}.example`), loginStart())
    expect(simulation.errors).toHaveLength(10)
  })

  it('is none of those who only ping', () => {
    const simulation = simulate()
    simulation.accept().send(handshake('c.example.com', 'status'), hex('0100'))
    expect(simulation.errors).toEqual([])
  })
})

// Only the text of a ban, a kick and a server that is down showed it; the example of the documentation did not work.
it.each(['filtered', 'rate_limited', 'full', 'proxy_full', 'starting', 'server_down', 'banned', 'loop'] as const)(
  'what a policy says beside %s reaches the player',
  (reason) => {
    const policies = [{ name: 'test', admitPlayer: () => ({ reason, detail: 'Open from 6:00 UTC.' }) }]
    const client = simulate('off', { policies }).accept().send(handshake('a.example.com'), loginStart())
    expect(JSON.stringify(jsonIn(client.received))).toContain('Open from 6:00 UTC.')
  },
)
