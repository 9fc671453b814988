import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addressWithMarkers,
  decodeBungeeCordAddress,
  decodeHandshake,
  encodeBungeeCordAddress,
  encodeHandshake,
  FORWARDED_ADDRESS_MAX_UNITS,
  floodgateData,
  type Markers,
  splitAddress,
  takeBungeeGuardToken,
  withBungeeGuardToken,
} from '../src/index.ts'
import { feed } from './feed.ts'
import { anyProfile } from './profiles.ts'

const NONE: Markers = { kind: 'none' }
const UUID = '069a79f4-44e9-4726-a5be-fca90e38aaf5'
const UNDASHED = '069a79f444e94726a5befca90e38aaf5'
const SKIN = { name: 'textures', value: 'QUJD'.repeat(200), signature: 'REVG'.repeat(171) }
const PLAYER = { clientAddress: '203.0.113.7', profile: { uuid: UUID, properties: [] } }
const FLOODGATE = '^Floodgate^>abc!def'

const markersOf = (text: string): Markers => splitAddress(`mc.example.com${text}`).markers

describe('the address field of BungeeCord', () => {
  it('is host, client address and UUID with NULs between them', () => {
    const address = encodeBungeeCordAddress('mc.example.com', PLAYER, NONE)
    expect(address).toBe(`mc.example.com\x00203.0.113.7\0${UNDASHED}`)
    const value = { host: 'mc.example.com', clientAddress: '203.0.113.7', uuid: UUID, properties: [] }
    expect(decodeBungeeCordAddress(address)).toMatchObject({ kind: 'decoded', value })
  })

  it('has properties as JSON behind them, where there are any', () => {
    const properties = [{ name: 'a', value: 'b\0' }]
    const address = encodeBungeeCordAddress('h', { ...PLAYER, profile: { uuid: UUID, properties } }, NONE)
    expect(address).toBe(`h\x00203.0.113.7\0${UNDASHED}\0[{"name":"a","value":"b\\u0000"}]`)
    expect(decodeBungeeCordAddress(address)).toMatchObject({ value: { properties } })
  })

  it('fits a handshake that is longer than a client may send', () => {
    const profile = { uuid: UUID, properties: [SKIN, { ...SKIN, name: 'cape', value: 'Q'.repeat(20_000) }] }
    const address = encodeBungeeCordAddress('mc.example.com', { ...PLAYER, profile }, NONE)
    const handshake = { protocolVersion: 767, address, port: 25_565, intent: 'login' } as const
    expect(() => encodeHandshake(handshake)).toThrow(/an address of/)
    const frame = encodeHandshake(handshake, FORWARDED_ADDRESS_MAX_UNITS)
    expect(decodeHandshake(frame).kind).toBe('malformed')
    const result = decodeHandshake(frame, FORWARDED_ADDRESS_MAX_UNITS)
    expect(result.kind === 'decoded' && result.value.address).toBe(address)
    expect(result.kind === 'decoded' && decodeBungeeCordAddress(result.value.address)).toMatchObject({
      value: { properties: profile.properties },
    })
    feed(
      (bytes) => decodeHandshake(bytes, FORWARDED_ADDRESS_MAX_UNITS),
      encodeHandshake({ ...handshake, address: `h\0${'1'.repeat(500)}` }, FORWARDED_ADDRESS_MAX_UNITS),
    )
  })

  it('is refused as what Spigot refuses', () => {
    const refusals: readonly (readonly [string, string])[] = [
      ['mc.example.com', 'forwarding'],
      ['mc.example.com\0FML\0', 'forwarding'],
      [`h\0${'1'.repeat(46)}\0${UNDASHED}`, 'forwarding'],
      [`h\0\0${UNDASHED}`, 'forwarding'],
      [`h\0fe80::1%eth0\0${UNDASHED}`, 'forwarding'],
      [`h\0FE80::1\0${UNDASHED}`, 'forwarding'],
      [`h\x001.2.3.4\0${UNDASHED}\0[]\0FML\0`, 'forwarding'],
      ['h\x001.2.3.4\0nobody', 'uuid'],
      [`h\x001.2.3.4\0${UNDASHED}\0`, 'json-syntax'],
      [`h\x001.2.3.4\0${UNDASHED}\0{}`, 'json-shape'],
      [`h\x001.2.3.4\0${UNDASHED}\0[{"name":1}]`, 'json-shape'],
    ]
    for (const [address, code] of refusals) expect(decodeBungeeCordAddress(address)).toMatchObject({ code })
  })

  it('cannot be made of what would be another player', () => {
    expect(() => encodeBungeeCordAddress('h\x001.2.3.4', PLAYER, NONE)).toThrow(/host with a NUL/)
    expect(() => encodeBungeeCordAddress('h'.repeat(256), PLAYER, NONE)).toThrow(/host of 256/)
    const elsewhere = { ...PLAYER, clientAddress: '1.2.3.4\0' }
    expect(() => encodeBungeeCordAddress('h', elsewhere, NONE)).toThrow(/client address/)
    const nobody = { ...PLAYER, profile: { uuid: `${UNDASHED}\0[]`, properties: [] } }
    expect(() => encodeBungeeCordAddress('h', nobody, NONE)).toThrow(/UUID/)
  })

  it('has an address without a zone, in lower case', () => {
    const address = encodeBungeeCordAddress('h', { ...PLAYER, clientAddress: 'FE80::A%eth0' }, NONE)
    expect(address).toBe(`h\0fe80::a\0${UNDASHED}`)
  })

  it('is in circles the same', () => {
    const anyMarkers = fc.constantFrom('', '\0FML\0', '\0FML2\0', '\0FORGE', `\0${FLOODGATE}`)
    fc.assert(
      fc.property(anyProfile, fc.domain(), fc.ipV4(), anyMarkers, (profile, host, clientAddress, markers) => {
        const address = encodeBungeeCordAddress(host, { clientAddress, profile }, markersOf(markers))
        const decoded = decodeBungeeCordAddress(address)
        expect(decoded).toMatchObject({ kind: 'decoded', value: { host, clientAddress, uuid: profile.uuid } })
        const properties = decoded.kind === 'decoded' ? decoded.value.properties : []
        expect(properties.slice(0, profile.properties.length)).toEqual(profile.properties)
      }),
    )
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('\0', '1', '.', ...UNDASHED, '[', ']', '{', '"') }), (address) => {
        expect(['decoded', 'malformed']).toContain(decodeBungeeCordAddress(address).kind)
      }),
    )
  })
})

describe('the markers of Forge', () => {
  // As a fifth part Spigot takes them for a forged login.
  it.each([
    [
      '\0FML\0',
      [
        { name: 'forgeClient', value: 'true' },
        { name: 'extraData', value: '\x01FML\x01', signature: '' },
      ],
    ],
    ['\0FML2\0', [{ name: 'extraData', value: '\x01FML2\x01', signature: '' }]],
    ['\0FML3\0', [{ name: 'extraData', value: '\x01FML3\x01', signature: '' }]],
    ['\0FORGE', [{ name: 'extraData', value: '\x01FORGE', signature: '' }]],
    [`\0${FLOODGATE}\0FML3\0`, [{ name: 'extraData', value: '\x01FML3\x01', signature: '' }]],
    [`\0${FLOODGATE}`, []],
    ['\x001.2.3.4\0FML\0', []],
  ])('are properties in BungeeCord forwarding: %j', (text, properties) => {
    const address = encodeBungeeCordAddress('h', PLAYER, markersOf(text))
    expect(address.split('\0').length).toBe(properties.length === 0 ? 3 : 4)
    expect(decodeBungeeCordAddress(address)).toMatchObject({ value: { properties } })
  })

  it.each(['', '\0FML\0', '\0FML2\0', '\0FML3\0', '\0FORGE', '\0FORGE2', `\0${FLOODGATE}`, `\0${FLOODGATE}\0FML3\0`])(
    'stay in the address everywhere else: %j',
    (text) => {
      expect(addressWithMarkers('other.example.com', markersOf(text))).toBe(`other.example.com${text}`)
    },
  )

  it('are left out where they are a forged forwarding', () => {
    expect(addressWithMarkers('h', markersOf(`\x001.2.3.4\0${UNDASHED}`))).toBe('h')
  })
})

describe('the data of Floodgate', () => {
  it('is found among the markers', () => {
    expect(floodgateData(markersOf(`\0${FLOODGATE}`))).toBe(FLOODGATE)
    expect(floodgateData(markersOf(`\0FML3\0\0${FLOODGATE}`))).toBe(FLOODGATE)
    expect(floodgateData(markersOf('\0FML3\0'))).toBeUndefined()
    expect(floodgateData(markersOf(''))).toBeUndefined()
    expect(floodgateData(markersOf(`\0${FLOODGATE}\0who`))).toBeUndefined()
  })
})

describe('the token of BungeeGuard', () => {
  const token = { name: 'bungeeguard-token', value: 's3cret', signature: '' }

  it('is one property more, and comes off again', () => {
    const properties = withBungeeGuardToken([SKIN], 's3cret')
    expect(properties).toEqual([SKIN, token])
    expect(takeBungeeGuardToken(properties)).toEqual({ token: 's3cret', properties: [SKIN] })
  })

  it('is there once, whatever the profile has', () => {
    expect(withBungeeGuardToken([{ ...token, value: 'x' }, SKIN], 's3cret')).toEqual([SKIN, token])
  })

  it('is no token where there is none, or more than one', () => {
    expect(takeBungeeGuardToken([SKIN])).toBeUndefined()
    expect(takeBungeeGuardToken([token, SKIN, token])).toBeUndefined()
  })
})
