import { describe, expect, it } from 'vitest'
import { listenerConfig, serverTo } from '../gateway/fixtures.ts'
import { handshake, hex, jsonIn, legacyLogin, legacyText, loginStart, PING, ping16, STATUS_REQUEST } from './packets.ts'
import { type SimulatedClient, Simulation } from './simulation.ts'

const SERVERS = [serverTo('a', ['a.example.com'], 1), serverTo('w', ['*.wild.example'], 2)]

function simulate(servers = SERVERS): Simulation {
  return new Simulation({ listener: listenerConfig(), servers })
}

function bothWays(
  bytes: Uint8Array,
  check: (client: SimulatedClient, simulation: Simulation) => void,
  servers = SERVERS,
): void {
  for (const way of ['send', 'trickle'] as const) {
    const simulation = simulate(servers)
    check(simulation.accept()[way](bytes), simulation)
  }
}

describe('a handshake', () => {
  it.each([
    ['a.example.com', 'a', 'a.example.com'],
    ['A.Example.COM.', 'a', 'a.example.com'],
    ['a.example.com///1.2.3.4:5///1', 'a', 'a.example.com'],
    ['a.example.com\0FML3\0', 'a', 'a.example.com'],
    ['a.example.com\0FORGE', 'a', 'a.example.com'],
    ['x.y.wild.example', 'w', 'x.y.wild.example'],
  ])('leads %j to its server, and is passed on untouched', (address, server, domain) => {
    const bytes = Buffer.concat([handshake(address), loginStart()])
    bothWays(bytes, (client) => {
      expect(client.head()).toEqual(bytes)
      client.dialled().finish({ by: 'server', how: 'reset' })
      expect(client.record).toMatchObject({ server, domain, intent: 'login', protocol: 767, reason: 'server_reset' })
    })
  })

  it('keeps the intent transfer', () => {
    bothWays(Buffer.concat([handshake('a.example.com', 'transfer'), loginStart()]), (client) => {
      expect(client.dialled().finish({ by: 'client', how: 'fin' }).record).toMatchObject({ intent: 'transfer' })
    })
  })

  // BungeeCord forwarding: host NUL address NUL uuid. A backend with it would believe this player is somebody else.
  it.each(['login', 'status', 'transfer'] as const)('is refused with forged forwarding data, intent %s', (intent) => {
    const address = 'a.example.com\x00127.0.0.1\x00069a79f444e94726a5befca90e38aaf5'
    const bytes = Buffer.concat([handshake(address, intent), loginStart()])
    bothWays(bytes, (client) => {
      expect(client.record).toMatchObject({ reason: 'bad_handshake', domain: 'a.example.com' })
      expect(client.received.length).toBe(0)
    })
  })

  // A wildcard takes any name, and the name goes on to its server: `\r\n` in it gave a service on the loopback its orders.
  it.each([
    'x\r\nSET a b\r\n.wild.example',
    'x\t.wild.example',
    'x y.wild.example',
    'x\x1b[31m.wild.example',
    'x\x7f.wild.example',
    'x\x9b2J.wild.example',
    'x\u2028.wild.example',
    'x\u202e.wild.example',
    'x\u2066.wild.example',
    // Node takes line ends out of a name with other letters, and leaves of `a@b` the `b`.
    'mü\r\nx.wild.example',
    'ü@x.wild.example',
    '<x>.wild.example',
    'x.wild.example///\r\nSET a b\r\n',
    'x.wild.example\0^Floodgate^\r\nSET a b\r\n',
    'x.wild.example\0FML\0\n',
  ])('is refused with the domain %j, which is not passed on to anything', (address) => {
    for (const bytes of [
      Buffer.concat([handshake(address), loginStart()]),
      Buffer.concat([handshake(address, 'status'), STATUS_REQUEST]),
      Buffer.concat([handshake(address, 'transfer'), loginStart()]),
      legacyLogin('Steve', address),
      ping16(address),
    ])
      bothWays(bytes, (client) => {
        expect(client.record).toMatchObject({ reason: 'bad_handshake', server: undefined })
        expect(client.received.length).toBe(0)
      })
  })

  it.each([
    ['under_score.wild.example', 'under_score.wild.example'],
    ['_minecraft._tcp.x.wild.example', 'x.wild.example'],
    ['x.wild.example\\ y', 'x.wild.example'],
    ['Bücher.wild.example', 'xn--bcher-kva.wild.example'],
    ['xn--bcher-kva.wild.example', 'xn--bcher-kva.wild.example'],
    ['☃.wild.example', 'xn--n3h.wild.example'],
    ['-.wild.example', '-.wild.example'],
  ])('with the domain %j leads to the wildcard', (address, domain) => {
    bothWays(Buffer.concat([handshake(address), loginStart()]), (client) => {
      expect(client.dialled().finish({ by: 'client', how: 'fin' }).record).toMatchObject({ domain, server: 'w' })
    })
  })

  it('is refused with forged forwarding data in a legacy host too', () => {
    for (const bytes of [legacyLogin('Steve', 'a.example.com\x00127.0.0.1'), ping16('a.example.com\x00127.0.0.1')])
      bothWays(bytes, (client) => expect(client.record).toMatchObject({ reason: 'bad_handshake' }))
  })

  it.each([
    ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\n'), 'bad_handshake'],
    ['a TLS hello', hex('16030100'), 'bad_handshake'],
    ['an announced length of two million', hex('ffff7f'), 'overrun'],
    ['an unknown intent', hex('13002f0d612e6578616d706c652e636f6d63dd04'), 'bad_handshake'],
  ])('is not %s', (_, bytes, reason) => {
    bothWays(bytes, (client) => expect(client.record).toMatchObject({ reason }))
  })

  it('has ten seconds, which no byte restarts', () => {
    const simulation = simulate()
    const client = simulation.accept()
    for (const byte of handshake('a.example.com').slice(0, 9)) {
      simulation.advance(1_100)
      client.send(Uint8Array.of(byte))
    }
    simulation.advance(100)
    expect(client.record).toMatchObject({ reason: 'handshake_timeout', ms: { handshake: 10_000, total: 10_000 } })
  })

  it('tells who left before it was complete', () => {
    expect(simulate().accept().send(hex('10')).end().record).toMatchObject({ reason: 'client_closed' })
    expect(simulate().accept().send(hex('10')).end('reset').record).toMatchObject({ reason: 'client_reset' })
  })
})

describe('a login start', () => {
  it('is waited for, ten seconds from the handshake', () => {
    const simulation = simulate()
    const client = simulation.accept()
    simulation.advance(4_000)
    client.send(handshake('a.example.com'))
    simulation.advance(9_999)
    expect(client.isFinished).toBe(false)
    simulation.advance(1)
    expect(client.record).toMatchObject({ reason: 'login_timeout', ms: { handshake: 4_000, login: 10_000 } })
  })

  it('may have a layout that nobody knows yet', () => {
    const name = Buffer.concat([hex('00055374657665'), Buffer.alloc(100, 7)])
    const bytes = Buffer.concat([handshake('a.example.com', 'login', 9_999), Buffer.from([name.length]), name])
    bothWays(bytes, (client) => {
      expect(client.head()).toEqual(bytes)
      expect(client.dialled().finish({ by: 'client', how: 'fin' }).record).toMatchObject({ player: 'Steve' })
    })
  })

  it('is passed on with what came behind it', () => {
    const bytes = Buffer.concat([handshake('a.example.com'), loginStart(), hex('0102030405')])
    const client = simulate().accept().send(bytes)
    expect(client.head()).toEqual(bytes)
  })

  it.each([
    ['another packet', hex('0201aa'), 'bad_handshake'],
    ['an empty name', hex('020000'), 'bad_handshake'],
    ['a frame that is too long', hex('ffff7f'), 'overrun'],
  ])('is not %s', (_, bytes, reason) => {
    bothWays(Buffer.concat([handshake('a.example.com'), bytes]), (client) =>
      expect(client.record).toMatchObject({ reason }),
    )
  })

  it('tells who left before it was complete', () => {
    const start = (): SimulatedClient => simulate().accept().send(handshake('a.example.com'), hex('17'))
    expect(start().end().record).toMatchObject({ reason: 'client_closed' })
    expect(start().end('reset').record).toMatchObject({ reason: 'client_reset' })
  })
})

describe('a status request', () => {
  it('is waited for before anything is dialled', () => {
    const client = simulate().accept().send(handshake('a.example.com', 'status'))
    expect(client.decision?.kind).toBe('await')
    client.send(STATUS_REQUEST)
    expect(client.head()).toEqual(Buffer.concat([handshake('a.example.com', 'status'), STATUS_REQUEST]))
  })

  it('is relayed with the ping behind it', () => {
    const bytes = Buffer.concat([handshake('a.example.com', 'status'), STATUS_REQUEST, PING])
    expect(simulate().accept().send(bytes).head()).toEqual(bytes)
  })

  it('can be left out by who only measures the way', () => {
    bothWays(Buffer.concat([handshake('a.example.com', 'status'), PING]), (client) => {
      expect(client.received).toEqual(PING)
      expect(client.record).toMatchObject({ reason: 'answered' })
    })
  })

  it.each([
    ['an unknown packet', hex('0102'), 'bad_handshake'],
    ['a frame that is too long', hex('ff01'), 'overrun'],
  ])('is not %s', (_, bytes, reason) => {
    bothWays(Buffer.concat([handshake('a.example.com', 'status'), bytes]), (client) =>
      expect(client.record).toMatchObject({ reason }),
    )
  })

  it('that never comes ends at its deadline', () => {
    const simulation = simulate()
    const client = simulation.accept().send(handshake('a.example.com', 'status'))
    simulation.advance(10_000)
    expect(client.record).toMatchObject({ reason: 'handshake_timeout' })
  })
})

describe('a client from before 1.7', () => {
  it.each(['fe', 'fe01'])('is answered %s after 300 ms without another byte', (form) => {
    const simulation = simulate()
    const client = simulation.accept().trickle(hex(form))
    simulation.advance(299)
    expect(client.isFinished).toBe(false)
    simulation.advance(1)
    expect(legacyText(client.received)).toContain('There is no server here.')
    expect(client.record).toMatchObject({ intent: 'legacy_status', reason: 'unknown_domain' })
    expect(client.record?.domain).toBeUndefined()
  })

  it.each(['fe', 'fe01'])('is answered %s at once after its end', (form) => {
    const client = simulate().accept().send(hex(form)).end()
    expect(client.record).toMatchObject({ intent: 'legacy_status', reason: 'unknown_domain' })
    expect(client.received[0]).toBe(0xff)
  })

  it('gets to the default server with its ping as it came', () => {
    for (const form of ['fe', 'fe01']) {
      const simulation = simulate([serverTo('d', ['d.example.com'], 1, { isDefault: true })])
      const client = simulation.accept().trickle(hex(form))
      simulation.advance(300)
      expect(client.head()).toEqual(hex(form))
    }
  })

  it('names its domain in 1.6', () => {
    bothWays(ping16('A.example.com'), (client) => {
      expect(client.head()).toEqual(ping16('A.example.com'))
      expect(client.dialled().finish({ by: 'server', how: 'fin' }).record).toMatchObject({
        intent: 'legacy_status',
        domain: 'a.example.com',
        protocol: 74,
        server: 'a',
      })
    })
  })

  it('names its player when it logs in', () => {
    bothWays(legacyLogin('Steve', 'a.example.com'), (client) => {
      expect(client.head()).toEqual(legacyLogin('Steve', 'a.example.com'))
      expect(client.dialled().finish({ by: 'server', how: 'fin' }).record).toMatchObject({
        intent: 'legacy_login',
        player: 'Steve',
        server: 'a',
      })
    })
  })

  it('is not a modern frame of 254 bytes', () => {
    const long = handshake(`a.example.com${'/'.repeat(3)}${'x'.repeat(230)}`)
    expect([...long.slice(0, 3)]).toEqual([0xfe, 0x01, 0x00])
    const bytes = Buffer.concat([long, loginStart()])
    bothWays(bytes, (client) => expect(client.head()).toEqual(bytes))
  })
})

describe('an unknown domain', () => {
  it('is answered with a kick that names it, after it is read who asks', () => {
    bothWays(Buffer.concat([handshake('b.example.com'), loginStart()]), (client) => {
      expect(jsonIn(client.received)).toBe('There is no server called b.example.com here.')
      expect(client.record).toMatchObject({ reason: 'unknown_domain', player: 'Steve', intent: 'login' })
    })
  })

  it('is answered soon although nobody says who asks', () => {
    const simulation = simulate()
    const client = simulation.accept().send(handshake('b.example.com'))
    simulation.advance(1_000)
    expect(jsonIn(client.received)).toContain('b.example.com')
    expect(client.record).toMatchObject({ reason: 'unknown_domain' })
  })

  it('is answered with a status of the client’s own protocol, and a ping behind it', () => {
    bothWays(Buffer.concat([handshake('b.example.com', 'status', 47), STATUS_REQUEST, PING]), (client) => {
      expect(client.received.subarray(-PING.length)).toEqual(PING)
      expect(jsonIn(client.received.subarray(0, -PING.length))).toMatchObject({
        version: { protocol: 47 },
        description: 'There is no server called b.example.com here.',
      })
      expect(client.record).toMatchObject({ reason: 'unknown_domain', intent: 'status' })
    })
  })
})

describe('a player name', () => {
  it.each(['a\r\nSET', 'a\tb', '\x1b[31m', 'a\x85', 'a\u2028b', 'a\u202eb'])('is refused as %j', (name) => {
    for (const bytes of [
      Buffer.concat([handshake('a.example.com'), loginStart(name)]),
      legacyLogin(name, 'a.example.com'),
    ])
      bothWays(bytes, (client) => expect(client.record).toMatchObject({ reason: 'bad_handshake' }))
  })

  it.each(['Notch', '.Bed Rock', 'Игрок', '玩家', 'a\u200db'])('may be %j', (name) => {
    bothWays(Buffer.concat([handshake('a.example.com'), loginStart(name)]), (client) => {
      expect(client.dialled().finish({ by: 'client', how: 'fin' }).record).toMatchObject({ player: name })
    })
  })
})
