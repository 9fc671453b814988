import { isIP, isIPv4, isIPv6 } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { IPv4Scanner } from '../src/address/ipv4.ts'
import {
  canonicalAddress,
  formatAddress,
  formatAddressWords,
  formatIPv4,
  formatIPv6,
  isIPv4Words,
  isMapped,
  mapped,
  parseAddress,
  parseAddressWords,
  parseIPv4,
  parseIPv6,
  unmapped,
} from '../src/index.ts'
import { hex } from './feed.ts'
import { plainIPv4 } from './plain.ts'

describe('IPv6 text', () => {
  // RFC 5952, sections 4 and 5.
  it.each([
    ['2001:0db8::0001', '2001:db8::1'],
    ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:DB8::AbCd', '2001:db8::abcd'],
    ['::', '::'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['1::', '1::'],
    ['::1', '::1'],
    ['1:0:0:0:0:0:0:0', '1::'],
    ['0:0:0:0:0:0:1:0', '::1:0'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
    ['::ffff:c000:201', '::ffff:192.0.2.1'],
    ['::FFFF:192.0.2.1', '::ffff:192.0.2.1'],
    ['::1.2.3.4', '::102:304'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
    ['::ffff:0:0', '::ffff:0.0.0.0'],
  ])('%s is written %s', (text, canonical) => {
    const bytes = parseIPv6(text)
    expect(bytes && formatIPv6(bytes)).toBe(canonical)
  })

  it.each([
    ...['', ':', ':::', '1', '1:2', ':1:2:3:4:5:6:7', '1:2:3:4:5:6:7:', '1:2:3:4:5:6:7:8:', '1:2:3:4:5:6:7:8:9'],
    ...['::1::', '1::2::3', '12345::', '::g', 'fe80::1%eth0', '[::1]', '::1/128', '::1 ', ' ::1', '1:2:3:4:5:6:7::8'],
    ...['::1.2.3', '::1.2.3.4.5', '::1.2.3.256', '::01.2.3.4', '1:2:3:4:5:6:7:1.2.3.4', '1.2.3.4', '::a.2.3.4'],
    ...['1:2:3:4:5::6:1.2.3.4x', '1:2:3:4:5:6::1.2.3.4', '::.1.2.3', '::1.2.3.', '::ffff:1.2.3.4:5', '::\u0661'],
  ])('%j is no IPv6 address', (text) => {
    expect(parseIPv6(text)).toBeUndefined()
    expect(isIPv6(text) && !text.includes('%')).toBe(false)
  })

  it('is what the platform takes it to be', () => {
    const character = fc.constantFrom(...'0123456789abcdefABCDEF:::::...gx% ')
    fc.assert(
      fc.property(fc.string({ unit: character, maxLength: 24 }), (text) => {
        expect(parseIPv6(text) !== undefined, text).toBe(isIPv6(text) && !text.includes('%'))
        expect(parseIPv4(text) !== undefined, text).toBe(isIPv4(text))
      }),
      { numRuns: 5000 },
    )
  })

  it('is what the platform takes it to be, near what is right', () => {
    fc.assert(
      fc.property(
        fc.ipV6(),
        fc.nat(),
        fc.constantFrom('', ':', '::', '.', '0', 'f', '1.2.3.4'),
        (text, seed, insert) => {
          const at = seed % (text.length + 1)
          const changed = text.slice(0, at) + insert + text.slice(at + (seed % 2))
          expect(parseIPv6(changed) !== undefined, changed).toBe(isIPv6(changed))
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('goes in a circle with its bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        expect(parseIPv6(formatIPv6(bytes))).toEqual(bytes)
      }),
    )
  })
})

describe('IPv4 text', () => {
  it('is its four decimals', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (bytes) => {
        expect(formatIPv4(bytes)).toBe(plainIPv4(bytes))
        expect(formatIPv4(Uint8Array.of(9, ...bytes), 1)).toBe(plainIPv4(bytes))
      }),
    )
  })

  it('is what the platform takes it to be, near what is right, and in pieces the same as whole', () => {
    const insert = fc.constantFrom('', '.', '0', '1', '25', '-', ' ', '\u0661')
    fc.assert(
      fc.property(fc.ipV4(), fc.nat(), insert, (text, seed, inserted) => {
        const at = seed % (text.length + 1)
        const changed = text.slice(0, at) + inserted + text.slice(at + (seed % 2))
        const bytes = parseIPv4(changed)
        expect(bytes !== undefined, changed).toBe(isIPv4(changed))
        const scanner = new IPv4Scanner()
        const isTaken = [...changed].every((character) => scanner.take(character.charCodeAt(0)))
        expect(isTaken ? scanner.end() : undefined).toEqual(bytes)
      }),
      { numRuns: 3000 },
    )
  })

  it('goes in a circle with its bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (bytes) => {
        expect(parseIPv4(formatIPv4(bytes))).toEqual(bytes)
      }),
    )
  })

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1..3.4',
    '.1.2.3',
    '1.2.3.',
    '256.1.1.1',
    '01.2.3.4',
    '0x1.2.3.4',
    '1.2.3.4 ',
    '٣.2.3.4',
  ])('%j is no IPv4 address', (text) => expect(parseIPv4(text)).toBeUndefined())
})

describe('one address', () => {
  it.each([
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:0:192.0.2.1', '::ffff:0:c000:201'],
    ['::ffff:192.0.2.1%eth0', '192.0.2.1'],
    ['192.0.2.1', '192.0.2.1'],
    ['FE80::1%eth0', 'fe80::1'],
    ['fe80::1%br_lan-1.2', 'fe80::1'],
    ['2001:0DB8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
  ])('has one text, whatever a socket, a header or a file calls it: %s is %s', (text, canonical) =>
    expect(canonicalAddress(text)).toBe(canonical),
  )

  it.each(['', ' ', 'localhost', '1.2.3.4 ', '::1.2.3.4:5', '1.2.3.4::', '[::1]', `::${'0'.repeat(60)}`])(
    'is not %j',
    (text) => expect([canonicalAddress(text), parseAddressWords(text, new Uint32Array(4))]).toEqual([undefined, false]),
  )

  // 1.2.3.4%eth0 was the client 1.2.3.4, which no socket and no resolver would have made of it.
  it.each(['1.2.3.4%eth0', 'fe80::1%', 'fe80::1%a%b', 'fe80::1%eth0/64', 'fe80::1%eth0 ', 'fe80:%eth0:1', '%eth0'])(
    'is not %j, whose zone is none',
    (text) => expect([canonicalAddress(text), isIP(text)]).toEqual([undefined, 0]),
  )

  it('is what the platform takes it to be, with a zone or without one, as text and as a number', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, nearAnAddress), (text) => {
        const canonical = canonicalAddress(text)
        const words = new Uint32Array(4)
        expect(parseAddressWords(text, words), text).toBe(canonical !== undefined)
        if (canonical !== undefined) expect(formatAddressWords(words)).toBe(canonical)
        // The platform knows fewer names of interfaces than there are.
        const zone = text.includes('%') ? text.slice(text.indexOf('%') + 1) : ''
        if (/^[0-9A-Za-z.:-]*$/.test(zone)) expect(canonical !== undefined, text).toBe(isIP(text) !== 0)
      }),
      { numRuns: 10_000 },
    )
  })

  it('is its own canonical text, which a URL has, too', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const canonical = canonicalAddress(text) ?? ''
        expect(canonicalAddress(canonical)).toBe(canonical)
        if (canonical.includes(':')) expect(`[${canonical}]`).toBe(new URL(`http://[${text}]`).hostname)
      }),
    )
  })

  // Whoever takes a header's text for canonical looks for the mapped prefix only.
  it('is written canonically by a decoder, but for a mapped one', () => {
    fc.assert(
      fc.property(fc.oneof(bytesOf(4), bytesOf(16), bytesOf(4).map(mapped)), (bytes) => {
        const text = formatAddress(bytes)
        expect(canonicalAddress(text) === text).toBe(!text.startsWith('::ffff:'))
      }),
    )
  })

  it('goes in a circle with its number, and the number is that of its bytes', () => {
    fc.assert(
      fc.property(fc.oneof(bytesOf(16), bytesOf(4).map(mapped)), (bytes) => {
        const view = new DataView(bytes.buffer, bytes.byteOffset)
        const number = Uint32Array.from([0, 4, 8, 12], (at) => view.getUint32(at))
        const words = new Uint32Array(4)
        expect(parseAddressWords(formatAddressWords(number), words)).toBe(true)
        expect(words).toEqual(number)
        expect(formatAddressWords(number)).toBe(formatAddress(unmapped(bytes)))
        expect(isIPv4Words(number)).toBe(isMapped(bytes))
      }),
    )
  })

  it('is mapped and back', () => {
    const ipv4 = hex('c0000201')
    const ipv6 = hex('00000000000000000000ffffc0000201')
    expect(mapped(ipv4)).toEqual(ipv6)
    expect(mapped(ipv6)).toBe(ipv6)
    expect(unmapped(ipv6)).toEqual(ipv4)
    expect(unmapped(ipv4)).toBe(ipv4)
    expect(isMapped(ipv6)).toBe(true)
    expect(isMapped(hex('00000000000000000000fffec0000201'))).toBe(false)
    expect(parseAddress('192.0.2.1')).toEqual(ipv4)
    expect(parseAddress('::ffff:192.0.2.1')).toEqual(ipv6)
    expect(formatAddress(ipv4)).toBe('192.0.2.1')
    expect(formatAddress(ipv6)).toBe('::ffff:192.0.2.1')
  })
})

const pieces = fc.constantFrom(
  ...['0', '1', 'f', 'ff', 'ffff', 'FFFF', '00', '255', '256', '10000', 'g', '1.2.3.4', '::ffff:', '::', ':', ':', '.'],
  ...['%', '%', 'eth0', '[', ']', ' ', '/', '\u0661'],
)
const anyText = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''))
const nearAnAddress = fc
  .tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(), fc.constantFrom('', ':', '::', '.', '0', 'f', '%', '%eth0', ' '))
  .map(([text, seed, inserted]) => {
    const at = seed % (text.length + 1)
    return text.slice(0, at) + inserted + text.slice(at + (seed % 2))
  })

function bytesOf(length: 4 | 16): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: length, maxLength: length })
}
