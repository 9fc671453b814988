import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalAddress, clientKey } from '../../src/index.ts'

describe('the canonical text of an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:0DB8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
    ['::2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:0:192.0.2.1', '::ffff:0:c000:201'],
  ])('of %s is %s', (text, canonical) => expect(canonicalAddress(text)).toBe(canonical))

  it.each([
    '',
    ' ',
    '1.2.3',
    '1.2.3.4.5',
    '1..3.4',
    '01.2.3.4',
    '256.1.1.1',
    '1.2.3.4 ',
    '1.2.3.4%eth0',
    ':',
    ':::',
    ':1',
    '1:',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '::12345',
    '::g',
    '1:2:3:4:5:6:7::8',
    '::1.2.3',
    '::1.2.3.4:5',
    '1.2.3.4::',
    '[::1]',
    'localhost',
    '%eth0',
    `::${'0'.repeat(60)}`,
  ])('does not exist for %j', (text) => expect(canonicalAddress(text)).toBeUndefined())

  it('exists for exactly what Node takes for an address, whatever the text', () => {
    const pieces = fc.constantFrom(':', '::', '.', '0', '1', 'ff', 'ffff', '255', '256', '1.2.3.4', '10000', 'g', '00')
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('')
        expect(canonicalAddress(text) !== undefined).toBe(isIP(text) !== 0)
      }),
      { numRuns: 3_000 },
    )
  })

  it('is its own canonical text, and the same as a URL writes it', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const canonical = canonicalAddress(text)
        expect(canonical).toBeDefined()
        if (canonical === undefined) return
        expect(canonicalAddress(canonical)).toBe(canonical)
        if (canonical.includes(':')) expect(`[${canonical}]`).toBe(new URL(`http://[${text}]`).hostname)
      }),
    )
    fc.assert(
      fc.property(fc.ipV4(), (text) => {
        expect(canonicalAddress(text)).toBe(text)
      }),
    )
  })
})

describe('the key of a client', () => {
  it.each([
    ['192.0.2.1', undefined, '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', undefined, '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', undefined, '2001:db8:1:2::/64'],
    ['192.0.2.129', { ipv4: 24, ipv6: 64 }, '192.0.2.0/24'],
    ['2001:db8:1:2:3:4:5:6', { ipv4: 32, ipv6: 48 }, '2001:db8:1::/48'],
    ['2001:db8::5', { ipv4: 32, ipv6: 128 }, '2001:db8::5'],
    ['192.0.2.1', { ipv4: 0, ipv6: 0 }, '0.0.0.0/0'],
  ])('%s under %j is %s', (address, prefixes, key) => expect(clientKey(address, prefixes)).toBe(key))
})
