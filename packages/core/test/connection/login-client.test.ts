import { randomBytes } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import {
  compressedFrame,
  encodeEncryptionRequest,
  encodeLoginPluginRequest,
  encodeLoginPluginResponse,
  encodeLoginStart,
  encodePacket,
  encodeSetCompression,
  encodeVelocityRequest,
} from '@infrarust/minecraft'
import { describe, expect, it } from 'vitest'
import { encryptionResponse, SECRET } from './login-kit.ts'
import { handshake, jsonIn, legacyLogin, loginStart } from './packets.ts'
import { Login, openingOf } from './simulated-login.ts'
import type { SimulatedClient } from './simulation.ts'

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

  // Over 64 KiB, an answer was passed on whatever its id was, as often as a client liked, while any question was open.
  it.each([
    ['plain', (frame: Uint8Array) => frame, false],
    ['in the compressed format', (frame: Uint8Array) => compressedFrame(frame), true],
    ['deflated', (frame: Uint8Array) => compressedFrame(frame, { thresholdBytes: 0, deflate: deflateSync }), true],
  ])('is no long answer to another question, nor a second one: %s', (_, written, isCompressed) => {
    const ask = encodeLoginPluginRequest({ messageId: -7, channel: 'a:b', data: Buffer.alloc(0) })
    const long = randomBytes(70_000)
    const asked = (): SimulatedClient => {
      const client = new Login().parley()
      return (isCompressed ? client.serverSends(encodeSetCompression(256)) : client).serverSends(written(ask))
    }
    const other = written(encodeLoginPluginResponse({ messageId: 300, data: long }))
    const refused = asked().send(other)
    expect(refused.record).toMatchObject({ reason: 'bad_handshake' })

    const right = written(encodeLoginPluginResponse({ messageId: -7, data: long }))
    const client = asked()
    for (const byte of right.subarray(0, 200)) client.send(Uint8Array.of(byte))
    client.send(right.subarray(200))
    expect(client.record).toBeUndefined()
    expect(client.toServer.includes(Buffer.from(right))).toBe(true)
    expect(client.send(right).record).toMatchObject({ reason: 'bad_handshake' })
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
