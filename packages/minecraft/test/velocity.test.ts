import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  compressedFrame,
  decodeVelocityForwarding,
  decodeVelocityRequest,
  encodePacket,
  encodeVelocityForwarding,
  encodeVelocityRequest,
  type HmacSha256,
  type Inflate,
  PROTOCOL_VERSIONS,
} from '../src/index.ts'
import { hex, join, toHex } from './hex.ts'
import { anyProfile } from './profiles.ts'
import { deflate, inflate } from './zlib.ts'

const signedWith =
  (secret: string): HmacSha256 =>
  (data) =>
    createHmac('sha256', secret).update(data).digest()

const hmac = signedWith('secret')
const NOTCH = { uuid: '069a79f4-44e9-4726-a5be-fca90e38aaf5', name: 'Notch', properties: [] }
const PLAYER = { clientAddress: '203.0.113.7', profile: NOTCH }
const PAYLOAD = '0b3230332e302e3131332e37 069a79f444e94726a5befca90e38aaf5 054e6f746368 00'

describe('the request of a backend behind Velocity', () => {
  const CHANNEL = hex('14 76656c6f636974793a706c617965725f696e666f')
  const asking = (data: string) => encodePacket(4, hex('07'), CHANNEL, hex(data))

  it.each([
    ['', 1],
    ['00', 0],
    ['01', 1],
    ['04', 4],
    ['09ff', 9],
  ])('says the highest version that it understands, and the first where it says nothing: %j', (data, versionAsked) => {
    const request = { kind: 'velocity-request', messageId: 7, versionAsked }
    expect(decodeVelocityRequest(asking(data), undefined)).toEqual(request)
    expect(decodeVelocityRequest(compressedFrame(asking(data)), inflate)).toEqual(request)
    const deflated = compressedFrame(asking(data), { thresholdBytes: 0, deflate })
    expect(decodeVelocityRequest(deflated, inflate)).toEqual(request)
  })

  it('is written as backends write it', () => {
    expect(encodeVelocityRequest(7)).toEqual(asking('04'))
    expect(encodeVelocityRequest(7, 1)).toEqual(asking('01'))
    expect(decodeVelocityRequest(encodeVelocityRequest(-(2 ** 31)), undefined)).toMatchObject({ messageId: -(2 ** 31) })
  })

  // A registry of Forge has a megabyte and deflates well: to see that it is not for us must not inflate it.
  it('is no other one, of which nothing is inflated that is too long to be it', () => {
    const never: Inflate = () => expect.fail('inflated')
    const registry = encodePacket(4, hex('07 03 613a62'), new Uint8Array(1_000_000))
    expect(decodeVelocityRequest(registry, undefined)).toBeUndefined()
    expect(decodeVelocityRequest(compressedFrame(registry, { thresholdBytes: 0, deflate }), never)).toBeUndefined()
    expect(decodeVelocityRequest(encodePacket(4, hex('07 03 613a62')), undefined)).toBeUndefined()
    expect(decodeVelocityRequest(encodePacket(2, hex('07'), CHANNEL), undefined)).toBeUndefined()
    expect(decodeVelocityRequest(hex('05 40 11223344'), inflate)).toBeUndefined()
    expect(decodeVelocityRequest(hex(''), undefined)).toBeUndefined()
  })
})

describe('the answer of a proxy', () => {
  it.each([
    [1, 'af783956cc6bc1396acc249e0059c7911abfa438e175d72e9bb946e3b1f9c76f'],
    [4, 'f74aa89311bbeeb0f69dbc5e6773a21e3b732194753217bd01ea495d3041f7f2'],
  ])('is a signature and what it signs: version %i', (version, signature) => {
    const answer = encodeVelocityForwarding(PLAYER, { versionAsked: version, protocolVersion: 767 }, hmac)
    expect(toHex(answer)).toBe(toHex(hex(signature, `0${version}`, PAYLOAD)))
    const value = { kind: 'velocity-forwarding', version, ...PLAYER, profileKey: undefined }
    expect(decodeVelocityForwarding(answer, hmac)).toEqual({ kind: 'decoded', value, consumedBytes: answer.length })
  })

  // FabricProxy-Lite refuses versions 2 and 3, which Velocity sends for 1.19 to 1.19.2.
  it('is of version 4 where both know that, else of version 1, and never of another one', () => {
    for (const protocolVersion of [...PROTOCOL_VERSIONS, 0x40000000 | 300, 5000]) {
      for (const versionAsked of [0, 1, 2, 3, 4, 5, 255]) {
        const answer = encodeVelocityForwarding(PLAYER, { versionAsked, protocolVersion }, hmac)
        expect(answer[32]).toBe(versionAsked >= 4 && protocolVersion >= 761 ? 4 : 1)
      }
    }
  })

  it('has an address without a zone, in lower case', () => {
    const asked = { versionAsked: 4, protocolVersion: 767 }
    const answer = encodeVelocityForwarding({ ...PLAYER, clientAddress: 'FE80::A%eth0' }, asked, hmac)
    expect(decodeVelocityForwarding(answer, hmac)).toMatchObject({ value: { clientAddress: 'fe80::a' } })
    for (const clientAddress of ['', 'localhost', '203.0.113.7 ', '1\0']) {
      expect(() => encodeVelocityForwarding({ ...PLAYER, clientAddress }, asked, hmac)).toThrow(/client address/)
    }
  })

  it('is in circles the same, and counts for nothing when a bit of it or of the secret is another', () => {
    const anyChange = fc.record({ at: fc.nat(), bit: fc.nat(7) })
    fc.assert(
      fc.property(anyProfile, fc.ipV6(), anyChange, (profile, address, { at, bit }) => {
        const clientAddress = address.toLowerCase()
        const asked = { versionAsked: 4, protocolVersion: 775 }
        const answer = encodeVelocityForwarding({ clientAddress, profile }, asked, hmac)
        expect(decodeVelocityForwarding(answer, hmac)).toMatchObject({ value: { version: 4, clientAddress, profile } })
        const refusal = { kind: 'malformed', code: 'signature', offset: 0 }
        expect(decodeVelocityForwarding(answer, signedWith('Secret'))).toEqual(refusal)
        const changed = answer.slice()
        changed[at % changed.length] = (changed[at % changed.length] ?? 0) ^ (1 << bit)
        expect(decodeVelocityForwarding(changed, hmac)).toEqual(refusal)
        expect(decodeVelocityForwarding(answer.subarray(0, at % answer.length), hmac)).toEqual(refusal)
      }),
    )
  })

  it('of Velocity itself may have the key of the client', () => {
    const key = '0000018000000000 02 aabb 01 cc'
    const profileKey = { expiresAtMs: 0x18000000000n, publicKey: hex('aabb'), signature: hex('cc') }
    const signed = (payload: Uint8Array) => join(hmac(payload), payload)
    const second = signed(hex('02', PAYLOAD, key))
    expect(decodeVelocityForwarding(second, hmac)).toMatchObject({ value: { version: 2, profile: NOTCH, profileKey } })
    const third = signed(hex('03', PAYLOAD, key, '01', '069a79f444e94726a5befca90e38aaf5'))
    expect(decodeVelocityForwarding(third, hmac)).toMatchObject({ value: { version: 3, profile: NOTCH, profileKey } })
    expect(decodeVelocityForwarding(signed(hex('03', PAYLOAD, key, '00')), hmac)).toMatchObject({ kind: 'decoded' })
  })

  it.each([
    ['a version that is not known', hex('05', PAYLOAD), 'forwarding-version', 32],
    ['version 0', hex('00', PAYLOAD), 'forwarding-version', 32],
    ['more than it has', hex('01', PAYLOAD, '00'), 'trailing-bytes', 32 + 36],
    ['nothing', hex(''), 'past-end', 32],
    ['two billion properties', hex('01', PAYLOAD.replace(/00$/, 'ffffffff07')), 'past-end', 32 + 40],
  ])('is refused although it is signed: %s', (_, payload, code, offset) => {
    const answer = join(hmac(payload), payload)
    expect(decodeVelocityForwarding(answer, hmac)).toEqual({ kind: 'malformed', code, offset })
  })

  it('never throws, whatever was signed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 }), fc.uint8Array({ maxLength: 80 }), (version, fields) => {
        const payload = join(Uint8Array.of(version), fields)
        const result = decodeVelocityForwarding(join(hmac(payload), payload), hmac)
        expect(['decoded', 'malformed']).toContain(result.kind)
      }),
    )
  })
})
