import { describe, expect, it } from 'vitest'
import { crc32cTlv, decode, encode, encodeV2, type HeaderToEncode, noopTlv, type Tlv } from '../src/index.ts'
import { hex, IPV4_BLOCK, SIGNATURE, toHex } from './feed.ts'

const pair = {
  command: 'PROXY',
  source: { address: '203.0.113.7', port: 54321 },
  destination: { address: '198.51.100.2', port: 25565 },
} as const

const refusal = (code: string) => expect.objectContaining({ name: 'ProxyProtocolError', code })

describe('encodeV2', () => {
  it('writes an IPv4 pair', () => {
    expect(encodeV2(pair)).toEqual(hex(SIGNATURE, '2111 000c', IPV4_BLOCK))
    expect(encodeV2({ ...pair, transport: 'datagram' })).toEqual(hex(SIGNATURE, '2112 000c', IPV4_BLOCK))
  })

  it('writes an IPv6 pair, a mapped address too', () => {
    const header: HeaderToEncode = {
      command: 'PROXY',
      source: { address: '2001:db8::7', port: 1 },
      destination: { address: '::ffff:192.0.2.1', port: 2 },
    }
    expect(toHex(encodeV2(header))).toBe(
      `${SIGNATURE}2121002420010db8000000000000000000000007${'00'.repeat(10)}ffffc000020100010002`,
    )
  })

  it('maps the IPv4 side of a mixed pair', () => {
    const header = { ...pair, destination: { address: '2001:db8::7', port: 2 } }
    expect(decode(encodeV2(header))).toMatchObject({
      header: { family: 'IPv6', source: { address: '::ffff:203.0.113.7' }, destination: { address: '2001:db8::7' } },
    })
  })

  it('writes LOCAL and PROXY without end points', () => {
    expect(toHex(encodeV2({ command: 'LOCAL' }))).toBe(`${SIGNATURE}20000000`)
    const header = { command: 'PROXY', source: null, destination: null } as const
    expect(toHex(encodeV2(header))).toBe(`${SIGNATURE}21000000`)
    expect(toHex(encodeV2({ ...header, transport: 'stream' }))).toBe(`${SIGNATURE}21010000`)
  })

  it('writes unix paths', () => {
    const bytes = encodeV2({ command: 'PROXY', source: { path: '/a' }, destination: { path: '/ä' } })
    expect(bytes.length).toBe(232)
    expect(toHex(bytes.subarray(12, 20))).toBe('213100d82f610000')
    expect(toHex(bytes.subarray(124, 128))).toBe('2fc3a400')
  })

  it('computes a CRC32C in its place, over what stands behind it too', () => {
    const tlvs = [crc32cTlv(), { type: 5, value: Buffer.from('id') }, noopTlv(0)]
    // From the vectors: "v2 CRC32C before others".
    expect(toHex(encodeV2({ ...pair, destination: { address: '192.0.2.10', port: 25565 }, tlvs }))).toBe(
      `${SIGNATURE}2111001bcb007107c000020ad43163dd0300045b3284990500026964040000`,
    )
  })

  it('computes the CRC32C anew where a received one is passed on', () => {
    const received = decode(encodeV2({ ...pair, tlvs: [crc32cTlv()] }))
    if (received.kind !== 'header' || received.header.family !== 'IPv4') throw new Error('not a header')
    const passedOn = { ...received.header, source: { address: '192.0.2.99', port: 1 } }
    expect(decode(encodeV2(passedOn))).toMatchObject({ kind: 'header', header: { source: { address: '192.0.2.99' } } })
  })

  it('pads to an alignment with one NOOP, for every length before it', () => {
    for (const alignTo of [1, 2, 3, 4, 8, 16, 64, 512]) {
      for (let valueBytes = 0; valueBytes < 20; valueBytes++) {
        const tlvs: Tlv[] = [crc32cTlv(), { type: 0xe5, value: new Uint8Array(valueBytes) }]
        const bytes = encodeV2({ ...pair, tlvs }, { alignTo })
        expect(bytes.length % alignTo).toBe(0)
        expect(bytes.length).toBeLessThan(28 + 7 + 3 + valueBytes + alignTo + 3)
        const decoded = decode(bytes)
        expect(decoded).toMatchObject({ kind: 'header', headerBytes: bytes.length })
        if (decoded.kind === 'header') {
          expect(decoded.header.tlvs.slice(2).map((tlv) => tlv.type)).toEqual(bytes.length > 38 + valueBytes ? [4] : [])
        }
      }
    }
  })

  it('refuses a header over the limit, and one over what its length field can say', () => {
    expect(encodeV2(pair, { limitBytes: 28 }).length).toBe(28)
    expect(() => encodeV2(pair, { limitBytes: 27 })).toThrow(refusal('too-long'))
    const tlv = (valueBytes: number) => ({ type: 0xe5, value: new Uint8Array(valueBytes) })
    expect(encodeV2({ ...pair, tlvs: [tlv(65520)] }).length).toBe(65551)
    expect(() => encodeV2({ ...pair, tlvs: [tlv(65521)] })).toThrow(refusal('too-long'))
  })

  it('refuses what a decoder would refuse', () => {
    const send =
      (...tlvs: Tlv[]) =>
      () =>
        encodeV2({ ...pair, tlvs })
    const tlv = (type: number, ...bytes: number[]) => ({ type, value: Uint8Array.from(bytes) })
    expect(send(crc32cTlv(), crc32cTlv())).toThrow(refusal('crc32c-duplicate'))
    expect(send(tlv(3, 0, 0, 0))).toThrow(refusal('crc32c-length'))
    expect(send(tlv(5, ...new Array(129).fill(0)))).toThrow(refusal('unique-id-length'))
    expect(send(tlv(0x20, 0, 0, 0, 0))).toThrow(refusal('ssl-length'))
    expect(send(tlv(0x20, 0, 0, 0, 0, 0, 0x21, 0, 1))).toThrow(refusal('tlv-length'))
    for (const type of [-1, 256, 1.5]) expect(send(tlv(type))).toThrow(refusal('tlv-type'))
  })

  it('refuses what the protocol cannot say', () => {
    const send = (source: { address: string; port: number }) => () => encodeV2({ ...pair, source })
    expect(send({ address: 'play.example.com', port: 1 })).toThrow(refusal('address'))
    expect(send({ address: '1.2.3.4', port: 65536 })).toThrow(refusal('port'))
    for (const alignTo of [0, -4, 1.5, 65536]) expect(() => encodeV2(pair, { alignTo })).toThrow(refusal('alignment'))
    const unix = (path: string) => () =>
      encodeV2({ command: 'PROXY', source: { path }, destination: { path: '/b' } }).length
    expect(unix('x'.repeat(108))()).toBe(232)
    expect(unix('x'.repeat(109))).toThrow(refusal('path'))
    expect(unix('\ud800')).toThrow(refusal('path'))
    expect(unix('\0abstract\0name')()).toBe(232)
    // Nobody could read these back: a path ends at its NUL, and the NULs behind an abstract name are padding.
    for (const path of ['/run\0/x', '/run\0', '\0', '\0abstract\0']) expect(unix(path)).toThrow(refusal('path'))
    // Types do not say it to JavaScript: a path on one side, an address on the other.
    const mixed = { command: 'PROXY', source: { path: '/a' }, destination: { address: '1.2.3.4', port: 1 } }
    expect(() => encodeV2(JSON.parse(JSON.stringify(mixed)))).toThrow(refusal('mixed-families'))
  })
})

describe('encode', () => {
  it('is version 2 unless asked for version 1', () => {
    expect(encode(pair)).toEqual(encodeV2(pair))
    expect(Buffer.from(encode(pair, { version: 1 })).toString()).toBe(
      'PROXY TCP4 203.0.113.7 198.51.100.2 54321 25565\r\n',
    )
  })
})
