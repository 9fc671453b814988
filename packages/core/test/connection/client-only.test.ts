import {
  compressedFrame,
  decodeLoginPluginResponse,
  decodeVelocityForwarding,
  encodeLoginPluginRequest,
  encodeLoginPluginResponse,
  encodeLoginSuccess,
  encodePacket,
  encodeSetCompression,
  encodeVelocityRequest,
  plainFrame,
} from '@infrarust/minecraft'
import { decode } from '@infrarust/proxy-protocol'
import { describe, expect, it } from 'vitest'
import type { Policy } from '../../src/entries/policy.ts'
import { deflated, encryptionResponse, hmac, NOTCH, SECRET } from './login-kit.ts'
import { handshake, jsonIn, loginStart } from './packets.ts'
import { ciphered, compressedText, Login, NONE, openingOf, SUCCESS, VELOCITY } from './simulated-login.ts'
import { LOCAL, PEER } from './simulation.ts'

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
