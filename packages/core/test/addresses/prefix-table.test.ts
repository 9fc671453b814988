import { BlockList } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Cidr, PrefixTable, parseCidr, prefixSet } from '../../src/index.ts'

describe('a prefix table', () => {
  it('gives the value of the longest prefix', () => {
    const table = tableOf([
      '0.0.0.0/0',
      '10.0.0.0/8',
      '10.1.0.0/16',
      '10.1.2.3',
      '255.255.255.255',
      '2001:db8::/32',
      '2001:db8:1::/48',
    ])
    expect(table.find('9.255.255.255')).toBe('0.0.0.0/0')
    expect(table.find('10.0.255.255')).toBe('10.0.0.0/8')
    expect(table.find('10.1.2.2')).toBe('10.1.0.0/16')
    expect(table.find('10.1.2.3')).toBe('10.1.2.3')
    expect(table.find('10.1.2.4')).toBe('10.1.0.0/16')
    expect(table.find('10.2.0.0')).toBe('10.0.0.0/8')
    expect(table.find('11.0.0.0')).toBe('0.0.0.0/0')
    expect(table.find('255.255.255.255')).toBe('255.255.255.255')
    expect(table.find('2001:db7:ffff:ffff:ffff:ffff:ffff:ffff')).toBeUndefined()
    expect(table.find('2001:db8::')).toBe('2001:db8::/32')
    expect(table.find('2001:db8:1:ffff::')).toBe('2001:db8:1::/48')
    expect(table.find('2001:db9::')).toBeUndefined()
  })

  it('keeps the families apart: ::/0 is no IPv4 client', () => {
    expect(tableOf(['::/0']).has('192.0.2.1')).toBe(false)
    expect(tableOf(['0.0.0.0/0']).has('2001:db8::1')).toBe(false)
  })

  // A dual-stack listener shows IPv4 peers as ::ffff:a.b.c.d, and rules for IPv4 were passed by.
  it('finds a mapped address in an IPv4 network', () =>
    expect(tableOf(['192.0.2.0/24']).has('::ffff:192.0.2.1')).toBe(true))

  it('holds no text that is no address', () => expect(tableOf(['0.0.0.0/0', '::/0']).has('unix:/run/a')).toBe(false))

  it('is empty without networks', () => expect(prefixSet([]).has('192.0.2.1')).toBe(false))

  it('agrees with node:net BlockList', () => {
    const cidr = fc.record({
      bytes: fc.array(fc.constantFrom(0, 1, 127, 128, 254, 255), { minLength: 4, maxLength: 4 }),
      prefix: fc.nat(32),
    })
    fc.assert(
      fc.property(fc.array(cidr, { maxLength: 20 }), fc.array(fc.ipV4(), { minLength: 1 }), (networks, addresses) => {
        const blocked = new BlockList()
        const cidrs = networks.map(({ bytes, prefix }) => network(bytes, prefix))
        for (const { address, prefix } of cidrs) blocked.addSubnet(address, prefix, 'ipv4')
        const set = prefixSet(cidrs)
        for (const address of [...addresses, ...cidrs.map(({ address }) => address), ...cidrs.map(lastOf)])
          expect([address, set.has(address)]).toEqual([address, blocked.check(address, 'ipv4')])
      }),
    )
  })

  it('agrees with a search through the whole list, in IPv6 and by longest prefix', () => {
    const group = fc.constantFrom('0', '1', '8000', 'ffff')
    // The first group keeps the property away from `::ffff:0:0/96`, which is IPv4.
    const address = fc
      .tuple(fc.constantFrom('1', '8000', 'ffff'), fc.array(group, { minLength: 7, maxLength: 7 }))
      .map(([first, rest]) => [first, ...rest].join(':'))
    const cidr = fc.tuple(address, fc.nat(128))
    fc.assert(
      fc.property(fc.array(cidr, { maxLength: 20 }), fc.array(address, { minLength: 1 }), (networks, addresses) => {
        const masked = networks.map(([text, prefix]) => ({ bits: bitsOf(text).slice(0, prefix), prefix }))
        const table = new PrefixTable(masked.map(({ bits, prefix }) => [cidrOfBits(bits), prefix] as const))
        for (const text of addresses) {
          const bits = bitsOf(text)
          const lengths = masked.filter((network) => bits.startsWith(network.bits)).map(({ prefix }) => prefix)
          expect(table.find(text)).toBe(lengths.length === 0 ? undefined : Math.max(...lengths))
        }
      }),
    )
  })
})

function tableOf(texts: readonly string[]): PrefixTable<string> {
  return new PrefixTable(
    texts.map((text) => {
      const parsed = parseCidr(text)
      if (parsed.kind === 'invalid') throw new Error(parsed.message)
      return [parsed.cidr, text] as const
    }),
  )
}

function network(bytes: readonly number[], prefix: number): Cidr {
  const bits = bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const kept = bits.slice(0, prefix).padEnd(32, '0')
  const address = [0, 8, 16, 24].map((at) => Number.parseInt(kept.slice(at, at + 8), 2)).join('.')
  return { family: 'ipv4', address, prefix }
}

function lastOf({ address, prefix }: Cidr): string {
  const number = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) + 2 ** (32 - prefix) - 1
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')
}

function bitsOf(address: string): string {
  return address
    .split(':')
    .map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0'))
    .join('')
}

function cidrOfBits(bits: string): Cidr {
  const groups = bits.padEnd(128, '0').match(/.{16}/g) ?? []
  const address = groups.map((group) => Number.parseInt(group, 2).toString(16)).join(':')
  return { family: 'ipv6', address, prefix: bits.length }
}
