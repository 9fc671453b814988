import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeLoginPluginRequest,
  decodeLoginPluginResponse,
  decodeLoginSuccess,
  decodeSetCompression,
  encodeLoginPluginRequest,
  encodeLoginPluginResponse,
  encodeLoginSuccess,
  encodeSetCompression,
  PROTOCOL_VERSIONS,
} from '../src/index.ts'
import { feed, feedRefused } from './feed.ts'
import { hex, toHex } from './hex.ts'
import { anyProfile } from './profiles.ts'

const UUID = '069a79f4-44e9-4726-a5be-fca90e38aaf5'
const UUID_HEX = '069a79f444e94726a5befca90e38aaf5'
const NAME_HEX = '05 4e6f746368'
const UNDASHED_HEX = `20 ${toHex(Buffer.from(UUID_HEX))}`
const DASHED_HEX = `24 ${toHex(Buffer.from(UUID))}`
const PROPERTIES_HEX = '02 0161 0162 00 0163 0164 01 0165'
const PROPERTIES = [
  { name: 'a', value: 'b' },
  { name: 'c', value: 'd', signature: 'e' },
]
const SESSION = '0f0e0d0c-0b0a-4908-8706-050403020100'
const SESSION_HEX = SESSION.replaceAll('-', '')
const SNAPSHOT = 0x40000000 | 300

describe('a Login Success', () => {
  it.each([
    ['1.7.2', 4, `28 02 ${UNDASHED_HEX} ${NAME_HEX}`, ''],
    ['1.7.10', 5, `2c 02 ${DASHED_HEX} ${NAME_HEX}`, ''],
    ['1.8', 47, `2c 02 ${DASHED_HEX} ${NAME_HEX}`, ''],
    ['1.15.2', 578, `2c 02 ${DASHED_HEX} ${NAME_HEX}`, ''],
    ['1.16', 735, `17 02 ${UUID_HEX} ${NAME_HEX}`, ''],
    ['1.18.2', 758, `17 02 ${UUID_HEX} ${NAME_HEX}`, ''],
    ['1.19', 759, `24 02 ${UUID_HEX} ${NAME_HEX} ${PROPERTIES_HEX}`, ''],
    ['1.20.4', 765, `24 02 ${UUID_HEX} ${NAME_HEX} ${PROPERTIES_HEX}`, ''],
    ['1.20.5', 766, `25 02 ${UUID_HEX} ${NAME_HEX} ${PROPERTIES_HEX} 01`, '01'],
    ['1.21.1', 767, `25 02 ${UUID_HEX} ${NAME_HEX} ${PROPERTIES_HEX} 01`, '01'],
    ['1.21.3', 768, `24 02 ${UUID_HEX} ${NAME_HEX} ${PROPERTIES_HEX}`, ''],
    ['26.1', 775, `24 02 ${UUID_HEX} ${NAME_HEX} ${PROPERTIES_HEX}`, ''],
    ['26.2', 776, `34 02 ${UUID_HEX} ${NAME_HEX} ${PROPERTIES_HEX} ${SESSION_HEX}`, SESSION_HEX],
    ['a snapshot', SNAPSHOT, `34 02 ${UUID_HEX} ${NAME_HEX} ${PROPERTIES_HEX} ${SESSION_HEX}`, SESSION_HEX],
  ])('has the layout of %s', (_, protocolVersion, digits, rest) => {
    const profile = { uuid: UUID, name: 'Notch', properties: PROPERTIES }
    expect(toHex(encodeLoginSuccess(profile, protocolVersion, SESSION))).toBe(toHex(hex(digits)))
    const properties = protocolVersion < 759 ? [] : PROPERTIES
    expect(feed((bytes) => decodeLoginSuccess(bytes, protocolVersion), hex(digits))).toMatchObject({
      value: { kind: 'login-success', profile: { uuid: UUID, name: 'Notch', properties }, rest: hex(rest) },
    })
  })

  it('may have what a later version adds', () => {
    const frame = hex(`1a 02 ${UUID_HEX} ${NAME_HEX} 00 aabb`)
    expect(decodeLoginSuccess(frame, 5000)).toMatchObject({ value: { profile: { name: 'Notch' }, rest: hex('aabb') } })
  })

  it('may have a UUID with dashes in 1.7.2 and without them later', () => {
    expect(decodeLoginSuccess(hex(`2c 02 ${DASHED_HEX} ${NAME_HEX}`), 4)).toMatchObject({
      value: { profile: { uuid: UUID } },
    })
    expect(decodeLoginSuccess(hex(`28 02 ${UNDASHED_HEX} ${NAME_HEX}`), 47)).toMatchObject({
      value: { profile: { uuid: UUID } },
    })
  })

  it.each([
    ['another packet', 47, '03 03 00 00', 'packet-id', 1],
    ['no UUID', 47, '06 02 03 414141 00', 'uuid', 2],
    ['a long text for a UUID', 47, '8001 02 6d', 'string-length', 3],
    ['a name past the end', 765, `12 02 ${UUID_HEX} 05`, 'past-end', 19],
    ['a list of negative length', 765, `1c 02 ${UUID_HEX} ${NAME_HEX} ffffffff0f`, 'array-length', 24],
    ['two billion properties', 765, `1c 02 ${UUID_HEX} ${NAME_HEX} ffffffff07`, 'past-end', 29],
    ['a longer frame than is accepted', 765, 'e907', 'frame-too-long', 0],
  ])('is refused: %s', (_, protocolVersion, digits, code, offset) => {
    const { refusal } = feedRefused((bytes) => decodeLoginSuccess(bytes, protocolVersion, 1000), hex(digits))
    expect(refusal).toEqual({ kind: 'malformed', code, offset })
  })

  it('is in circles the same', () => {
    fc.assert(
      fc.property(anyProfile, fc.constantFrom(...PROTOCOL_VERSIONS, SNAPSHOT), (profile, protocolVersion) => {
        const result = decodeLoginSuccess(encodeLoginSuccess(profile, protocolVersion), protocolVersion)
        const properties = protocolVersion < 759 ? [] : profile.properties
        expect(result).toMatchObject({ kind: 'decoded', value: { profile: { ...profile, properties } } })
      }),
    )
    expect(() => encodeLoginSuccess({ uuid: 'x', name: 'Alex', properties: [] }, 47)).toThrow(/UUID "x"/)
    expect(() => encodeLoginSuccess({ uuid: 'x', name: 'Alex', properties: [] }, 775)).toThrow(/UUID "x"/)
  })
})

describe('Set Compression', () => {
  it.each([
    [256, '03 03 8002'],
    [0, '02 03 00'],
    [-1, '06 03 ffffffff0f'],
    [2 ** 31 - 1, '06 03 ffffffff07'],
  ])('says from which length on packets are deflated: %i', (thresholdBytes, digits) => {
    expect(encodeSetCompression(thresholdBytes)).toEqual(hex(digits))
    expect(feed(decodeSetCompression, hex(digits))).toMatchObject({
      value: { kind: 'set-compression', thresholdBytes },
    })
  })

  it('is refused where it is another packet, or more', () => {
    expect(feedRefused(decodeSetCompression, hex('02 02 00')).refusal).toMatchObject({ code: 'packet-id' })
    expect(feedRefused(decodeSetCompression, hex('03 03 00 00')).refusal).toMatchObject({ code: 'trailing-bytes' })
    expect(feedRefused(decodeSetCompression, hex('0e 03')).refusal).toMatchObject({ code: 'frame-too-long' })
  })
})

describe('a Login Plugin Request', () => {
  // Paper's ids are random, half of them below zero.
  it.each([
    [0, '08 04 00 03 613a62 0104'],
    [300, '09 04 ac02 03 613a62 0104'],
    [-2, '0c 04 feffffff0f 03 613a62 0104'],
  ])('has an id of the server, a channel and data: %i', (messageId, digits) => {
    const request = { messageId, channel: 'a:b', data: hex('0104') }
    expect(encodeLoginPluginRequest(request)).toEqual(hex(digits))
    const result = feed(decodeLoginPluginRequest, hex(digits))
    expect(result).toMatchObject({ value: { kind: 'login-plugin-request', ...request } })
  })

  it('may have no data', () => {
    expect(decodeLoginPluginRequest(hex('06 04 00 03 613a62'))).toMatchObject({ value: { data: hex('') } })
  })

  it('is refused over the limit, and without a channel', () => {
    const decode = (bytes: Uint8Array) => decodeLoginPluginRequest(bytes, 100)
    expect(feedRefused(decode, hex('64 04')).refusal).toMatchObject({ code: 'frame-too-long' })
    expect(feedRefused(decode, hex('02 04 00')).refusal).toMatchObject({ code: 'past-end' })
    expect(feedRefused(decode, hex('04 04 00 05 61')).refusal).toMatchObject({ code: 'past-end' })
  })
})

describe('a Login Plugin Response', () => {
  it.each([
    [5, hex('aabb'), '05 02 05 01 aabb'],
    [5, hex(''), '03 02 05 01'],
    [5, undefined, '03 02 05 00'],
    [-1, undefined, '07 02 ffffffff0f 00'],
  ])('has the id of its question, and data where that was understood: %i', (messageId, data, digits) => {
    expect(encodeLoginPluginResponse({ messageId, data })).toEqual(hex(digits))
    const result = feed(decodeLoginPluginResponse, hex(digits))
    expect(result).toMatchObject({ value: { kind: 'login-plugin-response', messageId, data } })
  })

  it('is refused over the limit, and with data that it says it has not', () => {
    const decode = (bytes: Uint8Array) => decodeLoginPluginResponse(bytes, 100)
    expect(feedRefused(decode, hex('64 02')).refusal).toMatchObject({ code: 'frame-too-long' })
    expect(feedRefused(decode, hex('04 02 05 00 aa')).refusal).toMatchObject({ code: 'trailing-bytes' })
    expect(feedRefused(decode, hex('02 02 05')).refusal).toMatchObject({ code: 'past-end' })
  })

  it('and its question are in circles the same', () => {
    const anyId = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
    fc.assert(
      fc.property(
        anyId,
        fc.string({ maxLength: 60, unit: 'grapheme' }),
        fc.uint8Array(),
        (messageId, channel, data) => {
          const request = { messageId, channel, data }
          expect(decodeLoginPluginRequest(encodeLoginPluginRequest(request))).toMatchObject({ value: request })
          const response = { messageId, data }
          expect(decodeLoginPluginResponse(encodeLoginPluginResponse(response))).toMatchObject({ value: response })
        },
      ),
    )
  })
})
