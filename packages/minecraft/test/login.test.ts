import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeLoginDisconnect,
  decodeLoginStart,
  encodeLoginDisconnect,
  encodeLoginStart,
  encodePacket,
  LOGIN_START_MAX_BYTES,
  PROTOCOL_VERSIONS,
} from '../src/index.ts'
import { feed, feedRefused } from './feed.ts'
import { hex, join, toHex } from './hex.ts'

const UUID = '069a79f4-44e9-4726-a5be-fca90e38aaf5'
const UUID_HEX = UUID.replaceAll('-', '')
const NAME_HEX = '04 416c6578'
const KEY = join(hex('8002'), new Uint8Array(256), hex('8004'), new Uint8Array(512))
const SIGNED = join(hex('01 0000018000000000'), KEY)
const SNAPSHOT = 0x40000000 | 200

function loginStart(protocolVersion: number, ...fields: readonly (string | Uint8Array)[]) {
  const frame = encodePacket(0, ...fields.map((field) => (typeof field === 'string' ? hex(field) : field)))
  const result = feed((bytes) => decodeLoginStart(bytes, protocolVersion), frame)
  expect(result).toMatchObject({ consumedBytes: frame.length })
  return result.kind === 'decoded' ? { ...result.value, frameBytes: result.consumedBytes } : undefined
}

describe('a Login Start', () => {
  it.each<[string, number, (string | Uint8Array)[], string | undefined]>([
    ['1.7.2', 4, [NAME_HEX], undefined],
    ['1.18.2', 758, [NAME_HEX], undefined],
    ['1.19 without a key', 759, [NAME_HEX, '00'], undefined],
    ['1.19 with a key', 759, [NAME_HEX, SIGNED], undefined],
    ['1.19 with an empty key', 759, [NAME_HEX, '01 0000018000000000 00 00'], undefined],
    ['1.19.2 without a key and UUID', 760, [NAME_HEX, '00', '00'], undefined],
    ['1.19.2 with a UUID', 760, [NAME_HEX, '00', '01', UUID_HEX], UUID],
    ['1.19.2 with both', 760, [NAME_HEX, SIGNED, '01', UUID_HEX], UUID],
    ['1.19.3 without a UUID', 761, [NAME_HEX, '00'], undefined],
    ['1.20.1 with a UUID', 763, [NAME_HEX, '01', UUID_HEX], UUID],
    ['1.20.2', 764, [NAME_HEX, UUID_HEX], UUID],
    ['26.3', 777, [NAME_HEX, UUID_HEX], UUID],
  ])('is read: %s', (_, protocolVersion, fields, claimedUuid) => {
    const expected = { kind: 'login-start', name: 'Alex', claimedUuid, layout: 'known' }
    expect(loginStart(protocolVersion, ...fields)).toMatchObject(expected)
  })

  // Without it nobody can tell whether the client signed its Encryption Response, and its chat key is lost at the backend.
  it.each([
    ['1.19', 759, [NAME_HEX, '01 0000018000000000 02 aabb 01 cc']],
    ['1.19.2', 760, [NAME_HEX, '01 0000018000000000 02 aabb 01 cc', '00']],
  ])('of %s keeps the key of the client, and is written with it again', (_, protocolVersion, fields) => {
    const profileKey = { expiresAtMs: 0x18000000000n, publicKey: hex('aabb'), signature: hex('cc') }
    expect(loginStart(protocolVersion, ...fields)).toMatchObject({ profileKey })
    const frame = encodePacket(0, ...fields.map((field) => hex(field)))
    expect(encodeLoginStart('Alex', protocolVersion, undefined, profileKey)).toEqual(frame)

    // The buffer that it came in is used again long before a backend is dialled.
    const result = decodeLoginStart(frame, protocolVersion)
    frame.fill(0)
    expect(result).toMatchObject({ value: { profileKey } })
  })

  it('has an expiry as far as a Java `long` goes', () => {
    for (const expiresAtMs of [-(2n ** 63n), -1n, 0n, 2n ** 32n - 1n, 2n ** 63n - 1n]) {
      const profileKey = { expiresAtMs, publicKey: hex(''), signature: hex('') }
      const result = decodeLoginStart(encodeLoginStart('Alex', 760, UUID, profileKey), 760)
      expect(result).toMatchObject({ value: { claimedUuid: UUID, profileKey } })
    }
    const profileKey = { expiresAtMs: 2n ** 63n, publicKey: hex(''), signature: hex('') }
    expect(() => encodeLoginStart('Alex', 760, UUID, profileKey)).toThrow(/the expiry/)
  })

  it('has no key where the version has no room for it', () => {
    const profileKey = { expiresAtMs: 0n, publicKey: hex('aa'), signature: hex('bb') }
    for (const protocolVersion of PROTOCOL_VERSIONS.filter((version) => version !== 759 && version !== 760)) {
      expect(encodeLoginStart('Alex', protocolVersion, UUID, profileKey)).toEqual(
        encodeLoginStart('Alex', protocolVersion, UUID),
      )
    }
  })

  it.each<[string, number, (string | Uint8Array)[], string | undefined]>([
    ['a snapshot that sends a UUID', SNAPSHOT, [NAME_HEX, UUID_HEX], UUID],
    ['a snapshot that may send one', SNAPSHOT, [NAME_HEX, '01', UUID_HEX], UUID],
    ['a snapshot that sends none', SNAPSHOT, [NAME_HEX], undefined],
    ['a snapshot that sends something else', SNAPSHOT, [NAME_HEX, '0011223344'], undefined],
    ['a later version that sends more', 5000, [NAME_HEX, UUID_HEX, '0102'], undefined],
    ['a later version that sends the same', 5000, [NAME_HEX, UUID_HEX], UUID],
    ['more than the version has', 47, [NAME_HEX, 'ff'], undefined],
    ['less than the version has', 764, [NAME_HEX], undefined],
    ['a key that does not end', 759, [NAME_HEX, '01 0000018000000000 ff7f'], undefined],
    ['a key of negative length', 759, [NAME_HEX, '01 0000018000000000 ffffffff0f 00'], undefined],
    ['a version below zero', -1, [NAME_HEX], undefined],
  ])('can be passed on although its layout is not known: %s', (_, protocolVersion, fields, claimedUuid) => {
    const value = { name: 'Alex', claimedUuid, profileKey: undefined, layout: 'unknown' }
    expect(loginStart(protocolVersion, ...fields)).toMatchObject(value)
  })

  it('leaves what arrives with it', () => {
    const both = join(encodeLoginStart('Alex', 47), hex('0f17'))
    expect(decodeLoginStart(both, 47)).toMatchObject({ consumedBytes: both.length - 2 })
  })

  it.each([
    ['another packet', '05 01 03 416c65', 'packet-id', 1],
    ['no name', '02 00 00', 'name', 2],
    ['a name that goes past the end', '03 00 04 41', 'past-end', 3],
    ['a name of 49 bytes', '40 00 31', 'string-length', 2],
    ['a name of 17 characters', `13 00 11 ${'41'.repeat(17)}`, 'string-length', 2],
    ['a name that is not UTF-8', '04 00 02 c328', 'utf-8', 3],
    ['more than can be a login', 'ff7f 00', 'frame-too-long', 0],
  ])('is refused: %s', (_, digits, code, offset) => {
    const { refusal } = feedRefused((bytes) => decodeLoginStart(bytes, 767), hex(digits))
    expect(refusal).toEqual({ kind: 'malformed', code, offset })
  })

  it('has room for the longest signature block', () => {
    const longest = join(hex('01 0000018000000000', '8004'), new Uint8Array(512), hex('8020'), new Uint8Array(4096))
    expect(loginStart(760, '10', new Uint8Array(16).fill(0x41), longest, '01', UUID_HEX)).toMatchObject({
      layout: 'known',
      claimedUuid: UUID,
      frameBytes: 4658,
    })
    expect(LOGIN_START_MAX_BYTES).toBeGreaterThan(4658)
  })

  it('is the same again after encoding and decoding, in every version', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }).filter(({ length }) => length <= 16)
    fc.assert(
      fc.property(name, fc.constantFrom(...PROTOCOL_VERSIONS), fc.uuid(), (player, protocolVersion, uuid) => {
        const result = decodeLoginStart(encodeLoginStart(player, protocolVersion, uuid), protocolVersion)
        const claimedUuid = protocolVersion >= 760 ? uuid : undefined
        expect(result).toMatchObject({ kind: 'decoded', value: { name: player, claimedUuid, layout: 'known' } })
      }),
    )
  })

  it('is encoded without a UUID where none is given', () => {
    expect(toHex(encodeLoginStart('Alex', 758))).toBe('060004416c6578')
    expect(toHex(encodeLoginStart('Alex', 759))).toBe('070004416c657800')
    expect(toHex(encodeLoginStart('Alex', 760))).toBe('080004416c65780000')
    expect(toHex(encodeLoginStart('Alex', 761))).toBe('070004416c657800')
    expect(toHex(encodeLoginStart('Alex', 763))).toBe('070004416c657800')
    expect(toHex(encodeLoginStart('Alex', 763, UUID))).toBe(`170004416c657801${UUID_HEX}`)
    expect(toHex(encodeLoginStart('Alex', 764))).toBe(`160004416c6578${'0'.repeat(32)}`)
    expect(() => encodeLoginStart('A'.repeat(17), 764)).toThrow(/player name of 17/)
    expect(() => encodeLoginStart('Alex', 764, 'xyz')).toThrow(/UUID "xyz"/)
  })
})

describe('a login disconnect', () => {
  const decode = (bytes: Uint8Array) => decodeLoginDisconnect(bytes, 100_000)

  it('is a JSON text in a packet with id 0', () => {
    const packet = encodeLoginDisconnect({ text: 'No "such"\n server', color: 'red' })
    expect(feed(decode, packet)).toMatchObject({ value: '{"text":"No \\"such\\"\\n server","color":"red"}' })
    expect(toHex(encodeLoginDisconnect('x'))).toBe('05 00 03 227822'.replaceAll(' ', ''))
  })

  it('is refused where it is another packet or longer than is accepted', () => {
    expect(feedRefused(decode, hex('02 01 00')).refusal).toMatchObject({ code: 'packet-id', offset: 1 })
    expect(decodeLoginDisconnect(encodeLoginDisconnect('x'.repeat(50)), 40)).toMatchObject({ code: 'frame-too-long' })
    expect(() => encodeLoginDisconnect('x'.repeat(40_000))).toThrow(/longer than the protocol allows/)
  })
})
