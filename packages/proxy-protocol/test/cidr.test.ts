import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cidrText, parseCidr } from '../src/index.ts'
import { trustCheck } from '../src/node/trusted.ts'
import { numberOf, plainNetwork } from './plain-network.ts'

describe('a CIDR', () => {
  it.each([
    ['10.0.0.0/8', '10.0.0.0/8'],
    [' 10.0.0.0/8 ', '10.0.0.0/8'],
    ['192.0.2.1', '192.0.2.1'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['::/0', '::/0'],
    ['2001:DB8::/32', '2001:db8::/32'],
    ['::ffff:10.0.0.0/104', '10.0.0.0/8'],
    ['::ffff:0:0/96', '0.0.0.0/0'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8::1/128', '2001:db8::1'],
  ])('%s is %s', (text, canonical) => {
    const parsed = parseCidr(text)
    expect(parsed.kind === 'cidr' && cidrText(parsed.cidr)).toBe(canonical)
  })

  it.each([
    ['', '"" is not an IPv4 or IPv6 address'],
    ['10.0.0/8', '"10.0.0" is not an IPv4 or IPv6 address'],
    ['example.com/8', '"example.com" is not an IPv4 or IPv6 address'],
    ['fe80::%eth0/64', '"fe80::%eth0" is not an IPv4 or IPv6 address'],
    ['10.0.0.0/33', 'the prefix "33" is not a number from 0 to 32'],
    ['2001:db8::/129', 'the prefix "129" is not a number from 0 to 128'],
    ['10.0.0.0/', 'the prefix "" is not a number from 0 to 32'],
    ['10.0.0.0/08', 'the prefix "08" is not a number from 0 to 32'],
    ['10.0.0.0/8/8', 'the prefix "8/8" is not a number from 0 to 32'],
    ['10.0.1.5/8', 'it has bits behind its prefix; the network is 10.0.0.0/8'],
    ['2001:db8::1/64', 'it has bits behind its prefix; the network is 2001:db8::/64'],
    ['::ffff:0:0/95', 'a prefix under 96 reaches beyond the IPv4 addresses of "::ffff:0:0"'],
  ])('%j is refused: %s', (text, message) => expect(parseCidr(text)).toMatchObject({ kind: 'invalid', message }))

  it('is what a plain reader takes it to be', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const parsed = parseCidr(text)
        const plain = plainNetwork(text)
        expect(parsed.kind).toBe(plain === undefined ? 'invalid' : 'cidr')
        if (parsed.kind === 'invalid') return
        const { family, address, prefix } = parsed.cidr
        expect({ number: numberOf(address), bits: family === 'ipv4' ? prefix + 96 : prefix }).toEqual(plain)
        expect(parseCidr(cidrText(parsed.cidr))).toEqual(parsed)
      }),
      { numRuns: 2_000 },
    )
  })
})

// `trusted` of the Node entry had a reader of its own, which took bits behind a prefix for none, and 08 for 8.
describe('a trusted network', () => {
  it('is what is a CIDR', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const parsed = parseCidr(text)
        if (parsed.kind === 'cidr') expect(() => trustCheck([text])).not.toThrow()
        else expect(() => trustCheck([text])).toThrow(`trusted: "${text}" is neither an address nor a network`)
      }),
    )
  })

  // In one list for both families 203.0.113.7 was in ::/1.
  it('has exactly the addresses of its family with its prefix in it', () => {
    fc.assert(
      fc.property(networks, addresses, (text, address) => {
        const network = plainNetwork(text)
        const number = numberOf(address)
        if (network === undefined || number === undefined) throw new Error(`${text} or ${address} is not plain`)
        const hasPrefix = number >> BigInt(128 - network.bits) === network.number >> BigInt(128 - network.bits)
        expect(trustCheck([text])(address)).toBe(
          hasPrefix && isIPv4(number) === (isIPv4(network.number) && network.bits >= 96),
        )
      }),
      { numRuns: 2_000 },
    )
  })
})

function isIPv4(number: bigint): boolean {
  return number >> 32n === 0xffffn
}

const bytes = fc.array(fc.constantFrom(0, 1, 10, 128, 255), { minLength: 4, maxLength: 4 })
const ipv4 = bytes.map((four) => four.join('.'))
const ipv6 = fc
  .tuple(fc.array(fc.constantFrom('0', '1', '8000', 'FFFF', 'ffff'), { minLength: 8, maxLength: 8 }), fc.boolean())
  .map(([groups, isShort]) => (isShort ? `${groups.slice(0, 3).join(':')}::` : groups.join(':')))
const addresses = fc.oneof(
  ipv4,
  ipv6,
  fc.ipV6(),
  ipv4.map((text) => `::ffff:${text}`),
  fc.constantFrom('::', '::1'),
)

/** As they are meant to be written, and nearly. */
const texts = fc
  .tuple(
    fc.constantFrom('', '', ' '),
    fc.oneof(
      addresses,
      fc.constantFrom('', 'fe80::1%eth0', '1.2.3.4%eth0', '01.2.3.4', '10.0.0', '[::1]', 'a.b', '::g'),
    ),
    fc.oneof(
      fc.constant(''),
      fc.nat(130).map((prefix) => `/${prefix}`),
      fc.constantFrom('/', '/08', '/ 8', '/8/8', '/-1'),
    ),
    fc.constantFrom('', '', '\t'),
  )
  .map((parts) => parts.join(''))

const networks = fc
  .tuple(addresses, fc.nat(128))
  .map(([address, prefix]) => parseCidr(`${address}/${address.includes(':') ? prefix : prefix % 33}`))
  .map((parsed) => (parsed.kind === 'cidr' ? parsed.cidr : parsed.network))
  .filter((network) => network !== undefined)
  .map((network) => cidrText(network))
