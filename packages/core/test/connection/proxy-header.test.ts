import { encodeV1 } from '@infrarust/proxy-protocol'
import { describe, expect, it } from 'vitest'
import type { ReceivedProxyProtocol } from '../../src/proxy-header/proxy-protocol-keys.ts'
import { listenerConfig, serverTo } from '../gateway/fixtures.ts'
import { handshake, header, hex, LOCAL_HEADER, loginStart, PLAYER } from './packets.ts'
import { PEER, type SimulatedClient, Simulation } from './simulation.ts'

const LOGIN = Buffer.concat([handshake('a.example.com'), loginStart()])
const V1 = Buffer.from('PROXY TCP4 203.0.113.7 198.51.100.2 54321 25565\r\n')
const SIGNATURE = '0d0a0d0a000d0a515549540a'
const THE_PEER = { family: 'ipv4', address: PEER.address, prefix: 32 } as const
const SOMEBODY_ELSE = { family: 'ipv4', address: '10.0.0.0', prefix: 8 } as const

function simulate(proxyProtocol: Partial<ReceivedProxyProtocol>, changes: { surroundings?: object } = {}): Simulation {
  return new Simulation({
    listener: listenerConfig(proxyProtocol),
    servers: [serverTo('a', ['a.example.com'], 1)],
    ...changes,
  })
}

/** Feeds the same bytes whole and byte by byte; both must come to the same. */
function bothWays(
  proxyProtocol: Partial<ReceivedProxyProtocol>,
  bytes: Uint8Array,
  check: (client: SimulatedClient, simulation: Simulation) => void,
): void {
  for (const way of ['send', 'trickle'] as const) {
    const simulation = simulate(proxyProtocol)
    check(simulation.accept()[way](bytes), simulation)
  }
}

describe('a listener that requires a header', () => {
  it.each([
    ['version 1', V1, 1],
    ['version 2', header(), 2],
  ])('believes %s, and the backend gets all that follows it', (_, bytes, version) => {
    bothWays({ mode: 'required' }, Buffer.concat([bytes, LOGIN]), (client) => {
      expect(client.head()).toEqual(LOGIN)
      client.dialled().finish({ by: 'client', how: 'fin' })
      expect(client.record).toMatchObject({
        client: PLAYER.address,
        client_port: PLAYER.port,
        peer: PEER.address,
        peer_port: PEER.port,
        proxy_version: version,
        proxy_command: 'PROXY',
        bytes_in: LOGIN.length,
        reason: 'client_closed',
      })
    })
  })

  it.each([
    ['LOCAL', LOCAL_HEADER, 2],
    ['UNKNOWN', encodeV1({ command: 'LOCAL' }), 1],
  ])('lets the peer stand after %s', (command, bytes, version) => {
    bothWays({ mode: 'required' }, Buffer.concat([bytes, LOGIN]), (client) => {
      client.dialled().finish({ by: 'server', how: 'fin' })
      expect(client.record).toMatchObject({
        client: PEER.address,
        peer: PEER.address,
        proxy_version: version,
        proxy_command: command,
        reason: 'server_closed',
      })
    })
  })

  it.each([
    ['AWS', hex('ea 0017 01 767063652d3038643262663135666163353030316339'), 'vpce-08d2bf15fac5001c9'],
    ['Azure', hex('ee 0005 01 88130000'), '5000'],
    ['Google', hex('e0 0008 0000000100000002'), '4294967298'],
  ])('says which private link of %s a client came through, where its sender is trusted', (_, tlv, link) => {
    const [source, destination] = ['cb007107', 'c6336402']
    const length = (12 + tlv.length).toString(16).padStart(4, '0')
    const bytes = Buffer.concat([hex(`${SIGNATURE} 2111 ${length} ${source} ${destination} d431 63dd`), tlv, LOGIN])
    bothWays({ mode: 'required', trusted: [THE_PEER] }, bytes, (client) => {
      expect(client.dialled().finish({ by: 'client', how: 'fin' }).record).toMatchObject({ private_link: link })
    })
    bothWays({ mode: 'required' }, bytes, (client) => {
      expect(client.dialled().finish({ by: 'client', how: 'fin' }).record?.private_link).toBeUndefined()
    })
  })

  it('knows a mapped address under its one name', () => {
    const mapped = Buffer.from('PROXY TCP6 ::ffff:203.0.113.7 2001:db8::1 54321 25565\r\n')
    bothWays({ mode: 'required' }, Buffer.concat([mapped, LOGIN]), (client) => {
      expect(client.dialled().finish({ by: 'client', how: 'reset' }).record).toMatchObject({
        client: PLAYER.address,
        reason: 'client_reset',
      })
    })
  })

  it('accepts the destination of another family that nginx writes', () => {
    const mixed = Buffer.from('PROXY TCP6 2001:db8::7 198.51.100.2 54321 25565\r\n')
    bothWays({ mode: 'required' }, Buffer.concat([mixed, LOGIN]), (client) => {
      expect(client.dialled().finish({ by: 'client', how: 'fin' }).record).toMatchObject({ client: '2001:db8::7' })
    })
  })

  const NO_SIGNATURE = 'InvalidProxyProtocol: data does not start with a proxy protocol signature'
  it.each([
    ['garbage', hex('47455420'), NO_SIGNATURE],
    ['a Minecraft handshake', LOGIN, NO_SIGNATURE],
    ['a legacy ping', hex('fe01'), NO_SIGNATURE],
    [
      'an announced length over the limit',
      hex(`${SIGNATURE} 2111 0209`),
      'InvalidProxyProtocol: header exceeds maximum size',
    ],
    ['AF_UNIX', hex(`${SIGNATURE} 2131 00d8`), 'InvalidProxyProtocol: unsupported address family'],
    ['datagrams', hex(`${SIGNATURE} 2112 000c`), 'InvalidProxyProtocol: unsupported address family'],
    [
      'PROXY of an unspecified family',
      hex(`${SIGNATURE} 2100 0000`),
      'InvalidProxyProtocol: unsupported address family',
    ],
    ['an unknown family', hex(`${SIGNATURE} 2141 000c`), 'InvalidProxyProtocol: unsupported address family'],
    ['an unknown command', hex(`${SIGNATURE} 22`), 'ProxyProtocolDecode: version 2: the command'],
    ['an unknown version', hex(`${SIGNATURE} 11`), 'ProxyProtocolDecode: version 2: the version nibble'],
    ['another word than TCP4, TCP6, UNKNOWN', Buffer.from('PROXY UDP4 '), 'ProxyProtocolDecode: version 1'],
    ['a line over 107 bytes', Buffer.from(`PROXY UNKNOWN ${'x'.repeat(100)}\r\n`), 'ProxyProtocolDecode: version 1'],
  ])('refuses %s without an answer', (_, bytes, text) => {
    bothWays({ mode: 'required' }, bytes, (client, simulation) => {
      expect(client.isFinished).toBe(true)
      expect(client.received.length).toBe(0)
      expect(client.record).toMatchObject({ reason: 'proxy_protocol', client: PEER.address })
      expect(client.record?.proxy_version).toBeUndefined()
      expect(simulation.errors).toHaveLength(1)
      expect(simulation.errors[0]).toContain(text)
      expect(simulation.errors[0]).toContain(`peer ${PEER.address}:${PEER.port}, listener main`)
    })
  })

  it('names both remedies when a Minecraft client comes directly', () => {
    const simulation = simulate({ mode: 'required' })
    simulation.accept().send(LOGIN)
    expect(simulation.errors[0]).toContain('it looks like a Minecraft handshake')
    expect(simulation.errors[0]).toContain('send-proxy-v2')
    expect(simulation.errors[0]).toContain('receive_proxy_protocol = false')
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['half a header', header().slice(0, 20)],
    ['half a line', V1.subarray(0, 20)],
  ])('takes an end after %s for an error of the header', (_, bytes) => {
    for (const how of ['fin', 'reset'] as const)
      bothWays({ mode: 'required' }, bytes, (client, simulation) => {
        client.end(how)
        expect(client.record).toMatchObject({ reason: 'proxy_protocol' })
        expect(simulation.errors[0]).toContain('InvalidProxyProtocol: connection closed before proxy protocol header')
      })
  })

  it('waits five seconds from the accept, whatever trickles in', () => {
    const simulation = simulate({ mode: 'required' })
    const client = simulation.accept()
    for (const byte of header().slice(0, 4)) {
      simulation.advance(1_200)
      client.send(Uint8Array.of(byte))
    }
    expect(client.isFinished).toBe(false)
    simulation.advance(200)
    expect(client.record).toMatchObject({ reason: 'header_timeout', ms: { header: 5_000, total: 5_000 } })
    expect(client.received.length).toBe(0)
  })

  it('accepts a header over 536 bytes where the limit says so, and refuses it otherwise', () => {
    const long = header([{ type: 0xea, value: new Uint8Array(1_000) }])
    bothWays({ mode: 'required', maxHeaderBytes: 2_000 }, Buffer.concat([long, LOGIN]), (client) => {
      expect(client.head()).toEqual(LOGIN)
    })
    bothWays({ mode: 'required' }, long, (client) => expect(client.record).toMatchObject({ reason: 'proxy_protocol' }))
  })

  it('refuses a version that is not accepted', () => {
    bothWays({ mode: 'required', versions: [2] }, V1, (client, simulation) => {
      expect(client.record).toMatchObject({ reason: 'proxy_protocol' })
      expect(simulation.errors[0]).toContain(
        'ProxyProtocolDecode: a header of a PROXY protocol version that is not accepted',
      )
    })
  })

  it('consumes exactly one header: a second one is the fault of its peer', () => {
    bothWays({ mode: 'required' }, Buffer.concat([header(), header()]), (client) => {
      expect(client.record).toMatchObject({ reason: 'proxy_protocol', client: PEER.address })
    })
  })

  it('closes a peer that is not trusted, whatever it would send', () => {
    for (const trusted of [[], [SOMEBODY_ELSE]]) {
      const simulation = simulate({ mode: 'required', trusted })
      const client = simulation.accept()
      expect(client.record).toMatchObject({ reason: 'proxy_protocol', client: PEER.address })
      expect(simulation.errors[0]).toContain('not trusted')
    }
  })

  // An empty set is never "nobody has written a list": that would be everybody.
  it('believes nobody for a name without an answer, or a file that nobody has read', () => {
    for (const written of [
      { trusted: [{ hostName: 'lb.test' }] },
      { trusted: undefined, trustedFile: '/lists/lb.txt' },
      { trusted: [], trustedFile: '/lists/lb.txt' },
    ]) {
      const simulation = simulate({ mode: 'required', ...written })
      expect(simulation.accept().decision).toMatchObject({ kind: 'close' })
      expect(simulation.errors[0]).toContain('not trusted')
    }
  })
  it('believes the addresses that a name or a file stands for at that moment', () => {
    const { address } = PEER
    for (const [written, peers] of [
      [
        { trusted: [{ hostName: 'lb.test' }] },
        { isOfHost: (name: string, peer: string) => name === 'lb.test' && peer === address },
      ],
      [
        { trustedFile: '/lb.txt' },
        { isInFile: (path: string, peer: string) => path === '/lb.txt' && peer === address },
      ],
    ] as const) {
      const trusted = { isOfHost: () => false, isInFile: () => false, ...peers }
      const simulation = simulate({ mode: 'required', ...written }, { surroundings: { trusted } })
      expect(simulation.accept().decision).toMatchObject({ kind: 'await' })
      expect(simulation.accept({ address: '192.0.2.99', port: 1 }).decision).toMatchObject({ kind: 'close' })
    }
  })
  it('believes a peer that is trusted', () => {
    bothWays({ mode: 'required', trusted: [THE_PEER] }, Buffer.concat([header(), LOGIN]), (client) => {
      expect(client.head()).toEqual(LOGIN)
    })
  })
})

describe('a listener without headers', () => {
  it.each([
    ['version 1', V1],
    ['version 2', header()],
  ])('recognises %s and names the key to set', (_, bytes) => {
    bothWays({ mode: 'off' }, bytes, (client, simulation) => {
      expect(client.record).toMatchObject({ reason: 'proxy_protocol', client: PEER.address })
      expect(client.received.length).toBe(0)
      expect(simulation.errors[0]).toContain('receive_proxy_protocol = true')
    })
  })

  it('takes the peer for the client', () => {
    bothWays({ mode: 'off' }, LOGIN, (client) => {
      expect(client.dialled().finish({ by: 'client', how: 'fin' }).record).toMatchObject({
        client: PEER.address,
        reason: 'client_closed',
      })
      expect(client.record?.proxy_version).toBeUndefined()
    })
  })
})

describe('a listener where a header is optional', () => {
  const trusting = { mode: 'optional', trusted: [THE_PEER] } as const

  it('believes one that is there', () => {
    bothWays(trusting, Buffer.concat([header(), LOGIN]), (client) => {
      expect(client.head()).toEqual(LOGIN)
      expect(client.dialled().finish({ by: 'client', how: 'fin' }).record).toMatchObject({ client: PLAYER.address })
    })
  })

  it('does without one', () => {
    bothWays(trusting, LOGIN, (client) => expect(client.head()).toEqual(LOGIN))
  })

  // 0D and 50 begin headers, and frames of 13 and 80 bytes.
  it.each([
    ['13', 13 - 7],
    ['80', 80 - 7],
  ])('reads a handshake of %s bytes as one', (_, addressBytes) => {
    const first = handshake('a'.repeat(addressBytes))
    bothWays(trusting, first, (client) => {
      expect(client.isFinished).toBe(false)
      expect(client.end().record).toMatchObject({ reason: 'client_closed', intent: 'login' })
    })
  })

  it('lets nobody else claim an address, and lets everybody connect directly', () => {
    const wary = { mode: 'optional', trusted: [SOMEBODY_ELSE] } as const
    bothWays(wary, LOGIN, (client) => expect(client.head()).toEqual(LOGIN))
    for (const bytes of [header(), V1])
      bothWays(wary, bytes, (client, simulation) => {
        expect(client.record).toMatchObject({ reason: 'proxy_protocol', client: PEER.address })
        expect(simulation.errors[0]).toContain('not trusted')
      })
  })

  it('waits for a header that has begun, and after five seconds for none', () => {
    const begun = simulate(trusting)
    const sender = begun.accept().send(header().slice(0, 2))
    begun.advance(5_000)
    expect(sender.record).toMatchObject({ reason: 'header_timeout' })

    const none = simulate(trusting)
    const player = none.accept()
    none.advance(6_000)
    player.send(LOGIN)
    expect(player.head()).toEqual(LOGIN)
  })

  it('takes an end before anything for that of a client', () => {
    expect(simulate(trusting).accept().end().record).toMatchObject({ reason: 'client_closed' })
    expect(simulate(trusting).accept().end('reset').record).toMatchObject({ reason: 'client_reset' })
    expect(simulate(trusting).accept().send(header().slice(0, 2)).end().record).toMatchObject({
      reason: 'proxy_protocol',
    })
  })
})
