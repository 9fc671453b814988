import {
  compressedFrame,
  decodeBungeeCordAddress,
  decodeHandshake,
  decodeLoginPluginResponse,
  decodeLoginStart,
  decodeVelocityForwarding,
  encodeEncryptionRequest,
  encodeHandshake,
  encodeLoginDisconnect,
  encodeLoginPluginRequest,
  encodeLoginPluginResponse,
  encodeLoginStart,
  encodeLoginSuccess,
  encodePacket,
  encodeSetCompression,
  encodeVelocityRequest,
  plainFrame,
  takeBungeeGuardToken,
} from '@infrarust/minecraft'
import { decode } from '@infrarust/proxy-protocol'
import { describe, expect, it } from 'vitest'
import type { StateName } from '../../src/connection/state.ts'
import type { Policy } from '../../src/entries/policy.ts'
import type { Forwarding } from '../../src/forwarding/forwarding.ts'
import type { ProxyMode, Server } from '../../src/server/server.ts'
import { listenerConfig, serverTo } from '../gateway/fixtures.ts'
import {
  deflated,
  encryptionResponse,
  hmac,
  loginsOf,
  NOTCH,
  offlineUuidOf,
  SECRET,
  SimulatedAuthentication,
} from './login-kit.ts'
import { handshake, jsonIn, legacyLogin, loginStart } from './packets.ts'
import { LOCAL, PEER, type SimulatedClient, Simulation } from './simulation.ts'

const VELOCITY: Forwarding = { kind: 'velocity', hmac }
const NONE: Forwarding = { kind: 'none' }

interface Setting {
  readonly mode?: ProxyMode
  readonly forwarding?: Forwarding
  readonly policies?: readonly Policy[]
  readonly server?: Partial<Server>
  readonly transferIntent?: 'keep' | 'login'
}

/** A server `a`, and whatever else a login there meets. */
class Login {
  readonly authentication = new SimulatedAuthentication()
  readonly simulation: Simulation

  constructor({
    mode = 'client_only',
    forwarding = VELOCITY,
    policies = [],
    server = {},
    transferIntent,
  }: Setting = {}) {
    const { authentication } = this
    this.simulation = new Simulation({
      listener: listenerConfig(),
      servers: [serverTo('a', ['a.example.com'], 1, { proxyMode: mode, ...server })],
      policies,
      changes: { logins: loginsOf({ authentication, forwarding, ...(transferIntent && { transferIntent }) }) },
    })
  }

  /** Up to the Login Start. */
  begin(protocol = 767, name = 'Notch'): SimulatedClient {
    return this.simulation
      .accept()
      .send(handshake('a.example.com', 'login', protocol), encodeLoginStart(name, protocol))
  }

  /** Up to the question to the session server. */
  encrypt(protocol = 767, name = 'Notch'): SimulatedClient {
    const client = this.begin(protocol, name)
    return client.send(encryptionResponse(client.received, protocol))
  }

  /** Up to the dial. */
  dial(protocol = 767): SimulatedClient {
    const client = this.encrypt(protocol)
    this.authentication.joined()
    return client
  }

  /** Up to a parley in which nothing was said. */
  parley(protocol = 767): SimulatedClient {
    return this.dial(protocol).dialled()
  }

  state(client: SimulatedClient): StateName | undefined {
    return this.simulation.gateway.live().find(({ id }) => id === client.id)?.state
  }
}

/** What the client has received since the Encryption Request. */
function ciphered(client: SimulatedClient): Buffer {
  return client.received.subarray(client.cipher?.plainBytes ?? 0)
}

/** The text of a kick behind Set Compression. */
function compressedText(bytes: Uint8Array): unknown {
  expect(bytes[bytes.length > 129 ? 2 : 1]).toBe(0)
  const plain = plainFrame(bytes, (data) => data)
  if (plain.kind !== 'decoded') throw new Error('no frame')
  return jsonIn(plain.value)
}

function openingOf(head: Uint8Array, protocol = 767) {
  const opening = decodeHandshake(head, 32_767)
  if (opening.kind !== 'decoded') throw new Error('no handshake')
  const start = decodeLoginStart(head.subarray(opening.consumedBytes), protocol)
  if (start.kind !== 'decoded') throw new Error('no Login Start')
  expect(opening.consumedBytes + start.consumedBytes).toBe(head.length)
  return { handshake: opening.value, start: start.value }
}

/** With any JSON in it. */
function disconnect(json: string): Uint8Array {
  return encodePacket(0, Uint8Array.of(json.length), Buffer.from(json))
}

const SUCCESS = encodeLoginSuccess(NOTCH, 767)

describe('a login in client_only with Velocity forwarding', () => {
  it('is authenticated, announced and relayed', () => {
    const { simulation, authentication } = new Login({ server: { sendProxyProtocol: 2 } })
    const client = simulation.accept().send(handshake('A.example.com.\0FML3\0'), loginStart('notch'))
    expect(client.decision).toMatchObject({
      kind: 'respond',
      then: { kind: 'await', deadlineAt: simulation.now + 15_000, maxBytes: 600 },
    })

    client.send(encryptionResponse(client.received))
    expect(client.decision).toMatchObject({ kind: 'hold', consumed: 263 })
    expect(client.cipher).toEqual({ secret: SECRET, plainBytes: client.received.length })
    const serverHash = SECRET.toString('hex')
    expect(authentication.asked).toMatchObject([{ name: 'notch', client: PEER.address, serverHash }])

    authentication.joined()
    const head = client.head()
    const header = decode(head)
    if (header.kind !== 'header') throw new Error('no header')
    expect(header.header).toMatchObject({ command: 'PROXY', source: PEER, destination: LOCAL })
    const sent = openingOf(head.subarray(header.headerBytes))
    expect(sent.handshake).toMatchObject({ address: 'a.example.com\0FML3\0', intent: 'login', protocolVersion: 767 })
    expect(sent.start).toMatchObject({ name: 'Notch', claimedUuid: NOTCH.uuid })

    const before = client.received.length
    client.serverSends(encodeVelocityRequest(-5)).dialled()
    const answer = decodeLoginPluginResponse(client.toServer)
    if (answer.kind !== 'decoded' || answer.value.data === undefined) throw new Error('no answer')
    expect(answer.value.messageId).toBe(-5)
    expect(decodeVelocityForwarding(answer.value.data, hmac)).toMatchObject({
      value: { version: 4, clientAddress: PEER.address, profile: NOTCH },
    })
    const compression = encodeSetCompression(256)
    const success = compressedFrame(SUCCESS)
    client.serverSends(compression, success)
    expect(client.isRelaying).toBe(true)
    expect(client.received.subarray(before)).toEqual(Buffer.concat([compression, success]))
    const { record } = client.finish({ by: 'client', how: 'fin' })
    expect(record).toMatchObject({ player: 'Notch', claimed: 'notch', server: 'a', reason: 'client_closed' })
    expect(simulation.errors).toEqual([])
  })

  it('comes to the same wherever its bytes are cut, on either side', () => {
    let cuts = 0
    const run = (way: 'send' | 'trickle', cut?: number): object => {
      const login = new Login()
      const client = login.simulation.accept()[way](handshake('a.example.com'), loginStart('Notch'))
      client[way](encryptionResponse(client.received))
      login.authentication.joined()
      client.dialled()
      const bytes = Buffer.concat([
        encodeSetCompression(64),
        deflated(encodeVelocityRequest(7)),
        deflated(encodeLoginPluginRequest({ messageId: 8, channel: 'mod:list', data: Buffer.alloc(300, 1) })),
        deflated(SUCCESS),
        Buffer.from('play'),
      ])
      if (way === 'trickle') for (const byte of bytes) client.serverSends(Uint8Array.of(byte))
      else client.serverSends(bytes.subarray(0, cut), bytes.subarray(cut ?? bytes.length))
      cuts = bytes.length
      const { received, toServer, isRelaying } = client
      return { received: received.toString('hex'), toServer: toServer.toString('hex'), isRelaying }
    }
    const whole = run('send')
    expect(whole).toMatchObject({ isRelaying: true })
    expect(cuts).toBeGreaterThan(100)
    expect(run('trickle')).toEqual(whole)
    for (let cut = 0; cut < cuts; cut++) expect(run('send', cut)).toEqual(whole)
  })

  it.each([393, 404, 498, 578, 735, 758, 759, 760, 761, 763, 764, 765, 766, 767, 770, 775, 776])(
    'works for protocol version %i',
    (protocol) => {
      const client = new Login().parley(protocol)
      expect(openingOf(client.head0, protocol).start.name).toBe('Notch')
      client.serverSends(encodeVelocityRequest(1), encodeLoginSuccess(NOTCH, protocol))
      expect(client.isRelaying).toBe(true)
    },
  )

  it('goes on where the backend asks behind Set Compression, as Fabric does, and is answered in that format', () => {
    const client = new Login().parley()
    const other = deflated(encodeLoginPluginRequest({ messageId: 1, channel: 'fabric:a', data: Buffer.alloc(2) }))
    client.serverSends(encodeSetCompression(256), other, deflated(encodeVelocityRequest(2)))
    const plain = plainFrame(client.toServer, (data) => data)
    expect(plain.kind === 'decoded' && decodeLoginPluginResponse(plain.value)).toMatchObject({
      value: { messageId: 2 },
    })
    expect(ciphered(client).subarray(-other.length)).toEqual(Buffer.from(other))
    const answer = compressedFrame(encodeLoginPluginResponse({ messageId: 1, data: undefined }))
    client.send(answer).serverSends(deflated(SUCCESS))
    expect(client.toServer.subarray(-answer.length)).toEqual(Buffer.from(answer))
    expect(client.isRelaying).toBe(true)
  })

  it('is refused where the backend never asks, since it would believe anybody', () => {
    const { simulation } = new Login()
    const login = new Login()
    const client = login.parley().serverSends(encodeSetCompression(256), compressedFrame(SUCCESS))
    expect(client.record).toMatchObject({ reason: 'forwarding', player: 'Notch' })
    expect(compressedText(ciphered(client).subarray(encodeSetCompression(256).length))).toContain('do not agree')
    expect(login.simulation.errors).toEqual([expect.stringContaining('proxies.velocity.enabled: true')])
    expect(simulation.errors).toEqual([])
  })

  it('is refused for versions before 1.13, which cannot be asked, before anything is dialled', () => {
    const login = new Login()
    const client = login.encrypt(340)
    login.authentication.joined()
    expect(client.record).toMatchObject({ reason: 'forwarding' })
    expect(jsonIn(ciphered(client))).toContain('1.13')
    expect(login.simulation.errors).toEqual([expect.stringContaining('forwarding_mode = "bungeecord"')])
  })

  it.each([VELOCITY, { kind: 'bungeecord' } as const])(
    'is refused where a session server says more of a player than fits',
    (forwarding) => {
      const login = new Login({ forwarding })
      const client = login.encrypt()
      login.authentication.joined({ ...NOTCH, properties: [{ name: 'textures', value: 'x'.repeat(40_000) }] })
      if (forwarding.kind === 'velocity') client.dialled().serverSends(encodeVelocityRequest(1))
      expect(client.record).toMatchObject({ reason: 'forwarding' })
      expect(jsonIn(ciphered(client))).toContain('do not agree')
      expect(login.simulation.errors).toEqual([expect.stringContaining('cannot be announced')])
    },
  )

  it('passes whatever else the backend asks on, and the answers, untouched', () => {
    const client = new Login().parley()
    const frames = [
      encodeLoginPluginRequest({ messageId: 9, channel: 'fml:handshake', data: Buffer.from('mods') }),
      encodePacket(5, Buffer.from('\x06cookie')),
      encodePacket(77, Buffer.from('of later')),
    ]
    client.serverSends(...frames)
    expect(ciphered(client)).toEqual(Buffer.concat(frames))
    const answers = [
      encodeLoginPluginResponse({ messageId: 9, data: Buffer.from('mine') }),
      encodePacket(4, Buffer.from('\x06cookie\0')),
    ]
    client.trickle(...answers)
    expect(client.toServer).toEqual(Buffer.concat(answers))
  })

  it('passes frames of a megabyte on in pieces, and answers the backend’s own question between the client’s', () => {
    const client = new Login().parley()
    const registry = encodeLoginPluginRequest({ messageId: 3, channel: 'fml:r', data: Buffer.alloc(1_000_000, 5) })
    for (let at = 0; at < registry.length; at += 40_000) client.serverSends(registry.subarray(at, at + 40_000))
    expect(ciphered(client)).toEqual(Buffer.from(registry))

    const answer = encodeLoginPluginResponse({ messageId: 3, data: Buffer.alloc(200_000, 6) })
    client.send(answer.subarray(0, 150_000)).serverSends(encodeVelocityRequest(4))
    expect(client.toServer).toEqual(Buffer.from(answer.subarray(0, 150_000)))
    client.send(answer.subarray(150_000))
    const ours = decodeLoginPluginResponse(client.toServer.subarray(answer.length))
    expect(ours).toMatchObject({ kind: 'decoded', value: { messageId: 4 } })
    client.serverSends(SUCCESS)
    expect(client.isRelaying).toBe(true)
  })

  it('keeps what the client has sent before the dial, and sends it with the first parley', () => {
    const login = new Login()
    const early = encodePacket(4, Buffer.from('\x01a\0'))
    const client = login.begin()
    client.send(encryptionResponse(client.received), early)
    login.authentication.joined()
    expect(client.head().includes(Buffer.from(early))).toBe(false)
    client.dialled()
    expect(client.toServer).toEqual(Buffer.from(early))
  })
})

describe('what a client may send in a login', () => {
  it.each([
    ['another Login Start', encodeLoginStart('Admin', 767)],
    ['an Encryption Response', encodePacket(1, Buffer.alloc(20))],
    ['an answer to a question that nobody asked', encodeLoginPluginResponse({ messageId: 4, data: Buffer.alloc(40) })],
    ['what is no frame', Buffer.from('ffffffff', 'hex')],
  ])('is not %s', (_, bytes) => {
    const client = new Login().parley().serverSends(encodeVelocityRequest(4)).send(bytes)
    expect(client.record).toMatchObject({ reason: 'bad_handshake' })
    expect(client.toServer.includes(Buffer.from(bytes))).toBe(false)
  })

  it('is no second answer to one question', () => {
    const ask = encodeLoginPluginRequest({ messageId: 1, channel: 'a:b', data: Buffer.alloc(0) })
    const answer = encodeLoginPluginResponse({ messageId: 1, data: undefined })
    const client = new Login().parley().serverSends(ask).send(answer)
    expect(client.record).toBeUndefined()
    expect(client.send(answer).record).toMatchObject({ reason: 'bad_handshake' })
  })
})

describe('who has no account', () => {
  it.each(['Not a name', 'Jürgen', 'a-b'])('such as %s, is refused before any work', (name) => {
    const login = new Login()
    const client = login.begin(767, name)
    expect(client.record).toMatchObject({ reason: 'auth_failed', player: name })
    expect(jsonIn(client.received)).toContain('No Minecraft account has such a name.')
    expect(login.authentication.opened).toBe(0)
  })

  it('and plays Bedrock is told which servers are for them, before any work', () => {
    const login = new Login()
    const client = login.simulation.accept().send(handshake('a.example.com\0^Floodgate^>abc'), loginStart('.Bedrock'))
    expect(client.record).toMatchObject({ reason: 'auth_failed' })
    expect(jsonIn(client.received)).toMatch(/"passthrough" or "offline"/)
    expect(login.simulation.errors).toEqual([expect.stringContaining('Bedrock')])
  })

  it('and came before 1.7 is told so', () => {
    const client = new Login().simulation.accept().send(legacyLogin('Steve', 'a.example.com'))
    expect(client.record).toMatchObject({ reason: 'forwarding' })
  })
})

describe('an Encryption Response', () => {
  it.each([
    ['for another token', { kind: 'encrypted', token: Buffer.from('aaaa') }],
    ['with a secret of 15 bytes', { secret: SECRET.subarray(1) }],
    ['with a secret of 17 bytes', { secret: Buffer.concat([SECRET, SECRET.subarray(0, 1)]) }],
    ['with an empty secret', { secret: Buffer.alloc(0) }],
  ])('%s ends the connection without a word, the same way', (_, wrong) => {
    const login = new Login()
    const client = login.begin()
    const before = client.received.length
    const asked =
      'token' in wrong && wrong.token
        ? encodeEncryptionRequest({ publicKey: Buffer.alloc(162), verifyToken: wrong.token }, 767)
        : client.received
    client.send(encryptionResponse(asked, 767, 'secret' in wrong && wrong.secret ? { secret: wrong.secret } : {}))
    expect(client.received).toHaveLength(before)
    expect(client.record).toMatchObject({ reason: 'auth_failed', detail: 'an answer to another Encryption Request' })
    expect(login.authentication.asked).toEqual([])
  })

  it('that is longer than any is refused by its length alone', () => {
    const client = new Login().begin().send(Buffer.from('d904', 'hex'))
    expect(client.record).toMatchObject({ reason: 'overrun' })
  })

  it.each([encodeLoginPluginResponse({ messageId: 1, data: undefined }), encodeLoginStart('Notch', 767)])(
    'is the only thing that is waited for',
    (bytes) => {
      expect(new Login().begin().send(bytes).record).toMatchObject({ reason: 'bad_handshake' })
    },
  )

  it.each([759, 760])('of protocol version %i may sign the token with the key of the Login Start', (protocol) => {
    const login = new Login()
    const key = { expiresAtMs: 1n, publicKey: Buffer.alloc(294, 2), signature: Buffer.alloc(512, 3) }
    const client = login.simulation.accept()
    client.send(handshake('a.example.com', 'login', protocol), encodeLoginStart('Notch', protocol, undefined, key))
    client.send(encryptionResponse(client.received, protocol, { isSigned: true }))
    login.authentication.joined()
    const { profileKey } = openingOf(client.head(), protocol).start
    expect(Buffer.from(profileKey?.publicKey ?? [])).toEqual(key.publicKey)

    const without = login.begin(protocol)
    without.send(encryptionResponse(without.received, protocol, { isSigned: true }))
    expect(without.record).toMatchObject({ reason: 'auth_failed' })
  })

  it('that does not come within 15 seconds ends the connection', () => {
    const login = new Login()
    const client = login.begin()
    login.simulation.advance(14_999)
    expect(client.isFinished).toBe(false)
    login.simulation.advance(1)
    expect(client.record).toMatchObject({ reason: 'login_timeout', ms: { login: 15_000 } })
  })

  it('is not asked for where too many logins have begun, which the player reads', () => {
    const login = new Login()
    login.authentication.isOpen = false
    const client = login.begin()
    expect(client.record).toMatchObject({ reason: 'auth_unavailable' })
    expect(jsonIn(client.received)).toContain('Try again in a moment.')
  })
})

describe('the question to the session server', () => {
  it('that is answered with no is told to the player, enciphered, and nothing is dialled', () => {
    const login = new Login()
    const client = login.encrypt()
    login.authentication.answer({ kind: 'not-joined' })
    expect(client.record).toMatchObject({ reason: 'auth_failed', player: 'Notch' })
    expect(jsonIn(ciphered(client))).toContain('restart the game')
  })

  it('that compared the address says so', () => {
    const login = new Login()
    login.authentication.comparesAddress = true
    const client = login.encrypt()
    login.authentication.answer({ kind: 'not-joined' })
    expect(jsonIn(ciphered(client))).toContain('VPN')
  })

  it('that cannot be answered is no fault of the account, and is in the log once', () => {
    const login = new Login()
    for (let count = 0; count < 2; count++) {
      const client = login.encrypt()
      login.authentication.answer({ kind: 'unavailable', detail: 'status 503' })
      expect(client.record).toMatchObject({ reason: 'auth_unavailable' })
      expect(jsonIn(ciphered(client))).toContain('Nothing is wrong with your account.')
    }
    expect(login.simulation.errors).toEqual([expect.stringContaining('status 503')])
  })

  it('that cannot even be asked is a text too, the first that is enciphered', () => {
    const login = new Login()
    login.authentication.isBusy = true
    const client = login.encrypt()
    expect(client.record).toMatchObject({ reason: 'auth_unavailable' })
    expect(client.cipher?.secret).toEqual(SECRET)
    expect(jsonIn(ciphered(client))).toContain('Try again')
  })

  it('is bounded by 25 seconds from the Encryption Request', () => {
    const login = new Login()
    const client = login.begin()
    login.simulation.advance(10_000)
    client.send(encryptionResponse(client.received))
    login.simulation.advance(14_999)
    expect(client.isFinished).toBe(false)
    login.simulation.advance(1)
    expect(client.record).toMatchObject({ reason: 'auth_unavailable' })
    expect(login.authentication.abandoned).toBe(1)
  })

  it('is withdrawn where the player leaves, and where it is cut', () => {
    const login = new Login()
    expect(login.encrypt().end().record).toMatchObject({ reason: 'client_closed' })
    expect(login.encrypt().end('reset').record).toMatchObject({ reason: 'client_reset' })
    const cut = login.encrypt()
    login.simulation.gateway.cut({ kind: 'player', name: 'notch' }, { reason: 'banned' })
    expect(jsonIn(ciphered(cut))).toBe('You are banned.')
    expect(login.authentication.abandoned).toBe(3)
  })

  it('is not waited for by who sends more than a held client may', () => {
    const login = new Login()
    const client = login.encrypt()
    const decision = client.decision?.seq ?? 0
    client.feed({ kind: 'overrun', at: login.simulation.now, decision })
    expect(client.record).toMatchObject({ reason: 'overrun' })
    expect(client.wasReset).toBe(true)
  })
})

describe('the rules', () => {
  it('are asked again about the verified name and UUID, before anything is dialled', () => {
    const asked: object[] = []
    const policy: Policy = {
      name: 'uuid',
      admitPlayer: (_, { name, verified }) => {
        asked.push({ name, uuid: verified?.uuid, claimed: verified?.claimedName })
        return verified === undefined ? undefined : { reason: 'banned', detail: 'By UUID.' }
      },
    }
    const login = new Login({ policies: [policy] })
    const client = login.encrypt(767, 'NOTCH')
    login.authentication.joined()
    expect(asked).toEqual([
      { name: 'NOTCH', uuid: undefined, claimed: undefined },
      { name: 'Notch', uuid: NOTCH.uuid, claimed: 'NOTCH' },
    ])
    expect(client.record).toMatchObject({ reason: 'banned', player: 'Notch', claimed: 'NOTCH' })
    expect(jsonIn(ciphered(client))).toBe('You are banned.\nBy UUID.')
  })

  it('find who was verified by UUID, and by the verified name alone, in every phase', () => {
    for (const reach of ['dial', 'parley', 'relay'] as const) {
      const login = new Login({ forwarding: NONE })
      const client = login.encrypt(767, 'Claimed')
      login.authentication.joined()
      if (reach !== 'dial') client.dialled()
      if (reach === 'relay') client.serverSends(SUCCESS)
      const { gateway } = login.simulation
      expect(gateway.cut({ kind: 'player', name: 'claimed' }, { reason: 'kicked' })).toBe(0)
      expect(gateway.cut({ kind: 'uuid', uuid: NOTCH.uuid }, { reason: 'banned' })).toBe(1)
      expect(client.record).toMatchObject({ reason: 'banned', player: 'Notch', claimed: 'Claimed' })
      expect(gateway.cut({ kind: 'uuid', uuid: NOTCH.uuid }, { reason: 'banned' })).toBe(0)
    }
  })

  // A ban of a UUID ended the login of whoever had the name that it was made with.
  it('leave it to the session server who has a name, also where somebody is to be cut', () => {
    for (const [mode, isToBeVerified] of [
      ['client_only', true],
      ['offline', undefined],
    ] as const) {
      const login = new Login({ mode, forwarding: NONE })
      login.begin()
      const seen: unknown[] = []
      login.simulation.gateway.cutEach(({ player }) => void seen.push(player?.isToBeVerified))
      expect(seen).toEqual([isToBeVerified])
    }
    const login = new Login({ forwarding: NONE })
    login.dial()
    login.simulation.gateway.cutEach(({ player }) => {
      expect(player).toMatchObject({ name: 'Notch', verified: { uuid: NOTCH.uuid } })
      expect(player?.isToBeVerified).toBeUndefined()
      return undefined
    })
    expect.assertions(4)
  })

  it('see in a relay no skin any more, which nobody needs then', () => {
    const login = new Login({ forwarding: NONE })
    login.parley().serverSends(SUCCESS)
    expect(login.simulation.gateway.live()[0]?.player?.verified).toEqual({
      uuid: NOTCH.uuid,
      claimedName: 'Notch',
      properties: [],
    })
  })
})

describe('a cut, or the end of the proxy', () => {
  it('is told in plain before the client has a key, and enciphered afterwards', () => {
    const login = new Login()
    const plain = login.begin()
    const before = plain.received.length
    login.simulation.gateway.cut({ kind: 'connection', id: plain.id }, { reason: 'kicked' })
    expect(jsonIn(plain.received.subarray(before))).toContain('operator')
    expect(plain.cipher).toBeUndefined()
    for (const client of [login.dial(), login.parley()]) {
      login.simulation.gateway.cut({ kind: 'connection', id: client.id }, { reason: 'banned' })
      expect(jsonIn(ciphered(client))).toBe('You are banned.')
    }
    const drained = [login.encrypt(), login.dial(), login.parley()]
    login.simulation.gateway.drain()
    for (const client of drained) expect(jsonIn(ciphered(client))).toContain('restarting')
  })

  it('is framed as the client reads it behind Set Compression', () => {
    const login = new Login()
    const compression = encodeSetCompression(256)
    const client = login.parley().serverSends(compression)
    login.simulation.gateway.cut({ kind: 'connection', id: client.id }, { reason: 'banned' })
    expect(compressedText(ciphered(client).subarray(compression.length))).toBe('You are banned.')
  })

  it('has no text in the middle of a frame that is being passed on', () => {
    const login = new Login()
    const registry = encodeLoginPluginRequest({ messageId: 3, channel: 'fml:r', data: Buffer.alloc(100_000) })
    const client = login.parley().serverSends(registry.subarray(0, 70_000))
    login.simulation.gateway.cut({ kind: 'connection', id: client.id }, { reason: 'banned' })
    expect(ciphered(client)).toEqual(Buffer.from(registry.subarray(0, 70_000)))
    expect(client.record).toMatchObject({ reason: 'banned' })
  })
})

describe('a backend', () => {
  it('that refuses the player is passed on as it is, and the record says why', () => {
    const login = new Login()
    const text = encodeLoginDisconnect({ text: 'You are not §cwhite-listed', extra: [{ text: '\non this server!' }] })
    const client = login.parley().serverSends(text)
    expect(ciphered(client)).toEqual(Buffer.from(text))
    expect(client.record).toMatchObject({ reason: 'server_closed', detail: 'You are not white-listed on this server!' })
    expect(login.simulation.errors).toEqual([])
  })

  it('that refuses it behind other frames has those passed on first', () => {
    const client = new Login().parley()
    const frames = [encodeSetCompression(64), deflated(encodeLoginDisconnect({ text: 'no' }))]
    client.serverSends(...frames)
    expect(ciphered(client)).toEqual(Buffer.concat(frames))
    expect(client.record).toMatchObject({ reason: 'server_closed', detail: 'no' })
  })

  // It closed as any other end, and nobody learned that the server had said no.
  it('that refuses the player with a text longer than is read has it passed on, and the record says that it did', () => {
    const login = new Login()
    const json = JSON.stringify({ text: 'x'.repeat(70_000) })
    const length = Uint8Array.of((json.length & 0x7f) | 0x80, ((json.length >> 7) & 0x7f) | 0x80, json.length >> 14)
    const text = encodePacket(0, length, Buffer.from(json))
    for (const how of ['fin', 'reset', 'more'] as const) {
      const client = login.parley().serverSends(text)
      if (how === 'more') client.serverSends(Uint8Array.of(1))
      else client.serverEnds(how)
      expect(ciphered(client)).toEqual(Buffer.from(text))
      expect(client.record).toMatchObject({ reason: 'server_closed', detail: expect.stringContaining('64 KiB') })
    }
    expect(login.simulation.errors).toEqual([])
  })

  it('that says what any plugin may say has no mismatch, unless it was sent forwarding in the address', () => {
    const login = new Login()
    const client = login.parley().serverSends(encodeLoginDisconnect('Unable to authenticate.'))
    expect(client.record).toMatchObject({ reason: 'server_closed' })
    expect(login.simulation.errors).toEqual([])
    const guarded = new Login({ forwarding: { kind: 'bungeeguard', token: 'token' } })
    guarded.parley().serverSends(encodeLoginDisconnect('Unable to authenticate.'))
    expect(guarded.simulation.errors).toEqual([expect.stringContaining('allowed-tokens')])
  })

  it.each([
    ['If you wish to use IP forwarding, please enable it in your BungeeCord config as well!', 'settings.bungeecord'],
    ['Unknown data in login hostname, did you forget to enable BungeeCord in spigot.yml?', 'settings.bungeecord: true'],
    ['This server requires you to connect with Velocity.', 'forwarding_mode = "velocity"'],
    ['Unable to verify player details', 'proxies.velocity.secret'],
    ['Unable to authenticate - no data was forwarded by the proxy.', 'forwarding_mode = "bungeeguard"'],
  ])('that says "%s" gets a line with the key to change', (text, key) => {
    const login = new Login()
    const client = login.parley().serverSends(encodeLoginDisconnect(text))
    expect(client.record).toMatchObject({ reason: 'forwarding', detail: text })
    expect(login.simulation.errors).toEqual([expect.stringContaining(key)])
    expect(login.simulation.errors[0]).toMatch(/^server "a": .*servers\/a\.toml|config/)
  })

  it.each([
    ['multiplayer.disconnect.invalid_public_key_signature', 'enforce-secure-profile'],
    ['multiplayer.disconnect.transfers_disabled', 'accepts-transfers=true'],
  ])('that translates %s gets one too', (translate, key) => {
    const login = new Login()
    const client = login.parley().serverSends(disconnect(JSON.stringify({ translate })))
    expect(client.record).toMatchObject({ reason: 'forwarding' })
    expect(login.simulation.errors).toEqual([expect.stringContaining(key)])
  })

  it('in online mode is never passed on: the player reads our text, the operator what to change', () => {
    const login = new Login()
    const request = encodeEncryptionRequest({ publicKey: Buffer.alloc(162), verifyToken: Buffer.alloc(4) }, 767)
    const client = login.parley().serverSends(request)
    expect(jsonIn(ciphered(client))).toContain('do not agree')
    expect(client.record).toMatchObject({ reason: 'forwarding' })
    expect(login.simulation.errors).toEqual([expect.stringContaining('online-mode=false')])
  })

  it.each(['fin', 'reset'] as const)('that ends by %s after its first byte is a server that is down', (how) => {
    const login = new Login()
    const client = login.parley().serverSends(Uint8Array.of(3)).serverEnds(how)
    expect(jsonIn(ciphered(client))).toBe('a cannot be reached right now.')
    expect(client.record).toMatchObject({ reason: 'server_down' })
    expect(login.simulation.errors).toEqual([expect.stringContaining('in the middle of a login')])
  })

  it('that says nothing more is given 25 seconds from what the client was sent last', () => {
    const login = new Login()
    const client = login.parley()
    login.simulation.advance(20_000)
    client.serverSends(encodeSetCompression(256))
    login.simulation.advance(24_999)
    expect(client.isFinished).toBe(false)
    login.simulation.advance(1)
    expect(client.record).toMatchObject({ reason: 'server_down' })
  })

  it('that is no Minecraft server at all is one that is down', () => {
    const client = new Login().parley().serverSends(Buffer.from('ffffffff', 'hex'))
    expect(jsonIn(ciphered(client))).toBe('a cannot be reached right now.')
  })

  it('that cannot be dialled is told enciphered', () => {
    const client = new Login().dial().dialFailed()
    expect(jsonIn(ciphered(client))).toBe('a cannot be reached right now.')
    expect(client.record).toMatchObject({ reason: 'server_down', ms: { connect: 0 } })
  })

  it('that closes on a handshake with forwarding in it gets a line that says so', () => {
    const login = new Login({ forwarding: { kind: 'bungeecord' } })
    login.dial().dialFailed([{ attempt: 0, cause: 'closed_early', message: 'FIN' }])
    expect(login.simulation.errors.at(-1)).toContain('forwarding_mode = "none"')
  })

  it('that sends a bomb costs no more than its limit', () => {
    const login = new Login()
    const bomb = deflated(encodePacket(4, Buffer.alloc(2_000_000)))
    expect(bomb.length).toBeLessThan(4_000)
    const client = login.parley().serverSends(encodeSetCompression(1), bomb)
    // It only passes through: what is in it is the client's to judge.
    expect(ciphered(client).subarray(-bomb.length)).toEqual(Buffer.from(bomb))
    expect(client.isFinished).toBe(false)
  })

  it('is left alone when the player has gone, in every phase', () => {
    const login = new Login()
    for (const client of [login.begin(), login.encrypt(), login.dial(), login.parley()]) {
      expect(client.end().record).toMatchObject({ reason: 'client_closed' })
    }
  })
})

describe('the forwarding', () => {
  it.each([5, 47, 340, 759, 765, 775])('of BungeeCord is in the address, for protocol version %i', (protocol) => {
    const client = new Login({ forwarding: { kind: 'bungeecord' } }).dial(protocol)
    const sent = openingOf(client.head(), protocol)
    expect(decodeBungeeCordAddress(sent.handshake.address)).toMatchObject({
      value: { host: 'a.example.com', clientAddress: PEER.address, uuid: NOTCH.uuid, properties: NOTCH.properties },
    })
    client.dialled().serverSends(encodeLoginSuccess(NOTCH, protocol))
    expect(client.isRelaying).toBe(true)
  })

  it('of BungeeGuard has its token among the properties', () => {
    const client = new Login({ forwarding: { kind: 'bungeeguard', token: 'bearer' } }).dial()
    const decoded = decodeBungeeCordAddress(openingOf(client.head()).handshake.address)
    expect(decoded.kind === 'decoded' && takeBungeeGuardToken(decoded.value.properties)).toEqual({
      token: 'bearer',
      properties: NOTCH.properties,
    })
  })

  it('that is none leaves the backend its own idea of the player', () => {
    const client = new Login({ forwarding: NONE }).dial()
    expect(openingOf(client.head())).toMatchObject({
      handshake: { address: 'a.example.com' },
      start: { name: 'Notch', claimedUuid: offlineUuidOf('Notch') },
    })
  })

  it('writes domain_rewrite, and the intent that the backend is to see', () => {
    for (const [transferIntent, intent] of [
      ['keep', 'transfer'],
      ['login', 'login'],
    ] as const) {
      const login = new Login({ server: { domainRewrite: 'b.internal' }, transferIntent, mode: 'offline' })
      const client = login.simulation.accept().send(handshake('a.example.com', 'transfer'), loginStart())
      expect(openingOf(client.head()).handshake).toMatchObject({ address: 'b.internal', intent })
    }
  })
})

describe('a login in offline', () => {
  it.each([4, 5, 47, 340, 393, 758, 759, 760, 761, 764, 766, 775])(
    'is the same without authentication and cipher, for protocol version %i',
    (protocol) => {
      const login = new Login({ mode: 'offline', forwarding: NONE })
      const client = login.begin(protocol, 'Any one')
      expect(client.cipher).toBeUndefined()
      expect(openingOf(client.head(), protocol).start.name).toBe('Any one')
      client.dialled().serverSends(encodeLoginSuccess({ ...NOTCH, name: 'Any one' }, protocol), Buffer.from('play'))
      expect(client.isRelaying).toBe(true)
      expect(client.finish({ by: 'server', how: 'fin' }).record).toMatchObject({
        player: 'Any one',
        claimed: undefined,
        reason: 'server_closed',
      })
    },
  )

  it('announces the offline UUID, whatever the client claims', () => {
    const login = new Login({ mode: 'offline' })
    const opening = encodeHandshake({ protocolVersion: 767, address: 'a.example.com', port: 1, intent: 'login' })
    const client = login.simulation.accept().send(opening, encodeLoginStart('Steve', 767, NOTCH.uuid))
    expect(openingOf(client.head()).start.claimedUuid).toBe(offlineUuidOf('Steve'))
    client.dialled().serverSends(encodeVelocityRequest(1))
    const answer = decodeLoginPluginResponse(client.toServer)
    const data = answer.kind === 'decoded' ? answer.value.data : undefined
    expect(decodeVelocityForwarding(data ?? Buffer.alloc(0), hmac)).toMatchObject({
      value: { profile: { uuid: offlineUuidOf('Steve'), name: 'Steve', properties: [] } },
    })
  })

  it('takes a Bedrock player along with the data of Floodgate', () => {
    const login = new Login({ mode: 'offline', forwarding: NONE })
    const address = 'a.example.com\0^Floodgate^>abc'
    const client = login.simulation.accept().send(handshake(address), loginStart('.Bedrock'))
    expect(openingOf(client.head()).handshake.address).toBe(address)
  })

  it('relays who came before 1.7 as it came, where nothing has to be announced', () => {
    const login = new Login({ mode: 'offline', forwarding: NONE })
    const bytes = legacyLogin('Steve', 'a.example.com')
    expect(login.simulation.accept().send(bytes).head()).toEqual(bytes)
  })
})
