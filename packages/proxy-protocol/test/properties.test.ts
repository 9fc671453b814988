import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Decoded,
  Decoder,
  decode,
  encode,
  encodeV2,
  type Header,
  type HeaderToEncode,
  type Tlv,
} from '../src/index.ts'
import { concat, hex, latin1, SIGNATURE } from './feed.ts'
import { plausibleBytes } from './plausible.ts'

const port = fc.nat({ max: 65535 })
const ipv4 = fc.record({ address: fc.ipV4(), port })
const ipv6 = fc.record({ address: fc.ipV6(), port })
const path = fc.string({ maxLength: 26, unit: 'grapheme' }).filter((text) => !text.includes('\0'))
const unix = fc.record({ path: path.filter((text) => Buffer.byteLength(text) <= 108) })
const tlv: fc.Arbitrary<Tlv> = fc.record({
  type: fc.nat({ max: 255 }).filter((type) => type !== 3 && type !== 0x20),
  value: fc.uint8Array({ maxLength: 40 }),
})
const crc: Tlv = { type: 3, value: new Uint8Array(4) }
const tlvs = fc
  .tuple(fc.array(tlv, { maxLength: 5 }), fc.boolean(), fc.array(tlv, { maxLength: 2 }))
  .map(([before, hasCrc, behind]) => [...before, ...(hasCrc ? [crc] : []), ...behind])
const transport = fc.constantFrom('stream' as const, 'datagram' as const)
const command = fc.constant('PROXY' as const)
const header: fc.Arbitrary<HeaderToEncode> = fc.oneof(
  fc.record({ command: fc.constant('LOCAL' as const) }),
  fc.record({ command, source: fc.constant(null), destination: fc.constant(null) }),
  fc.record({ command, transport, source: ipv4, destination: ipv4, tlvs }),
  fc.record({ command, transport, source: ipv6, destination: ipv6, tlvs }),
  fc.record({ command, transport, source: ipv4, destination: ipv6, tlvs }),
  fc.record({ command, transport, source: unix, destination: unix, tlvs }),
)

/** The first answer that is not "incomplete", by a decoder that gets the bytes in pieces of these lengths in turn. */
function decodeInPieces(bytes: Uint8Array, pieces: readonly number[]): Decoded {
  const decoder = new Decoder()
  let length = 0
  for (let turn = 0; ; turn++) {
    const answer = decoder.decode(bytes.subarray(0, length))
    if (answer.kind !== 'incomplete' || length >= bytes.length) return answer
    length = Math.min(bytes.length, length + (pieces[turn % pieces.length] ?? 1))
  }
}

describe('arbitrary bytes', () => {
  it('never throw, and come to the same answer however they are cut', () => {
    fc.assert(
      fc.property(plausibleBytes, fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (bytes, pieces) => {
        expect(decodeInPieces(bytes, pieces)).toEqual(decode(bytes))
      }),
      { numRuns: 3000 },
    )
  })

  it('never make a reader wait past 16 bytes that cannot be a signature, nor past 107 that are no line', () => {
    fc.assert(
      fc.property(plausibleBytes, (bytes) => {
        const isV2 = bytes.length >= 12 && bytes.subarray(0, 12).every((byte, at) => byte === hex(SIGNATURE)[at])
        const answer = decode(bytes)
        if (bytes.length >= 107 && !isV2) expect(answer.kind).not.toBe('incomplete')
        if (bytes.length >= 16 && !isV2 && bytes[0] !== 0x50) expect(answer.kind).toBe('malformed')
      }),
      { numRuns: 3000 },
    )
  })

  it('that are refused are refused by the byte named, not by one behind it', () => {
    fc.assert(
      fc.property(plausibleBytes, (bytes) => {
        const answer = decode(bytes)
        if (answer.kind === 'malformed') expect(answer.offset).toBeLessThan(bytes.length)
      }),
      { numRuns: 3000 },
    )
  })

  it('behind a header change nothing', () => {
    fc.assert(
      fc.property(plausibleBytes, fc.uint8Array({ maxLength: 64 }), (bytes, tail) => {
        const answer = decode(bytes)
        if (answer.kind !== 'incomplete') expect(decode(concat(bytes, tail))).toEqual(answer)
      }),
      { numRuns: 3000 },
    )
  })

  it('that are accepted can be encoded, and what is encoded decodes to the same', () => {
    let accepted = 0
    fc.assert(
      fc.property(plausibleBytes, (bytes) => {
        const answer = decode(bytes)
        if (answer.kind !== 'header') return
        accepted++
        const again = decode(encode(answer.header, { version: answer.header.version }))
        expect(again.kind === 'header' && again.header).toEqual(answer.header)
      }),
      { numRuns: 5000 },
    )
    expect(accepted).toBeGreaterThan(100)
  })
})

describe('a header that is encoded', () => {
  /** All but the checksum, which padding changes. */
  const meaning = (received: Header, receivedTlvs: readonly Tlv[]): object => ({
    ...received,
    tlvs: receivedTlvs.filter(({ type }) => type !== 3),
  })

  it('decodes to itself, its bytes all used', () => {
    fc.assert(
      fc.property(header, (sent) => {
        const bytes = encodeV2(sent)
        const answer = decode(bytes)
        expect(answer).toMatchObject({ kind: 'header', headerBytes: bytes.length, header: { command: sent.command } })
        if (answer.kind === 'header') expect(encodeV2(answer.header)).toEqual(bytes)
      }),
      { numRuns: 2000 },
    )
  })

  it('means the same with padding', () => {
    fc.assert(
      fc.property(header, fc.integer({ min: 1, max: 600 }), (sent, alignTo) => {
        const plain = decode(encodeV2(sent))
        const padded = decode(encodeV2(sent, { alignTo }))
        if (plain.kind !== 'header' || padded.kind !== 'header') throw new Error('not a header')
        expect(padded.headerBytes % alignTo).toBe(0)
        const unpaddedTlvs = padded.header.tlvs.slice(0, plain.header.tlvs.length)
        expect(meaning(padded.header, unpaddedTlvs)).toEqual(meaning(plain.header, plain.header.tlvs))
      }),
    )
  })

  it('says the same in version 1 as in version 2 where both can say it', () => {
    fc.assert(
      fc.property(fc.oneof(ipv4, ipv6), fc.oneof(ipv4, ipv6), (source, destination) => {
        const one = decode(encode({ command: 'PROXY', source, destination }, { version: 1 }))
        const two = decode(encode({ command: 'PROXY', source, destination }))
        if (one.kind !== 'header' || two.kind !== 'header') throw new Error('not a header')
        expect({ ...one.header, version: 2 }).toEqual(two.header)
      }),
    )
  })
})

describe('the cost of one byte at a time', () => {
  it('is linear: each byte of a line is read once', () => {
    const line = latin1(`PROXY UNKNOWN ${'x'.repeat(91)}\r\n`)
    let reads = 0
    const counted = new Proxy(line, {
      get(target, key) {
        if (typeof key === 'string' && /^\d+$/.test(key) && Number(key) >= 5) reads++
        const value: unknown = Reflect.get(target, key, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    const decoder = new Decoder()
    for (let length = 0; length <= line.length; length++) {
      const soFar = new Proxy(counted, {
        get: (target, key) => (key === 'length' ? length : Reflect.get(target, key, target)),
      })
      decoder.decode(soFar)
    }
    expect(reads).toBe(line.length - 5)
  })
})
