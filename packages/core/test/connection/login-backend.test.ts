import {
  decodeBungeeCordAddress,
  decodeLoginPluginResponse,
  decodeVelocityForwarding,
  encodeEncryptionRequest,
  encodeHandshake,
  encodeLoginDisconnect,
  encodeLoginStart,
  encodeLoginSuccess,
  encodePacket,
  encodeSetCompression,
  encodeVelocityRequest,
  takeBungeeGuardToken,
} from '@infrarust/minecraft'
import { describe, expect, it } from 'vitest'
import { deflated, hmac, NOTCH, offlineUuidOf } from './login-kit.ts'
import { handshake, jsonIn, legacyLogin, loginStart } from './packets.ts'
import { ciphered, disconnect, Login, NONE, openingOf } from './simulated-login.ts'
import { PEER } from './simulation.ts'

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
