import { describe, expect, it } from 'vitest'
import { cidrText, readAddressList } from '../../src/index.ts'

function networksOf(text: string): readonly string[] {
  const { networks, faults } = readAddressList(text)
  expect(faults).toMatchObject({ count: 0, first: [] })
  return networks.map(cidrText)
}

function faultsOf(text: string): readonly string[] {
  return readAddressList(text).faults.first.map(({ line, hint }) => `${line}: ${hint}`)
}

describe('a list of addresses', () => {
  it.each([
    ['comments of all kinds', '# a\n; b\n// c\n192.0.2.1 # d\n192.0.2.2;e\n192.0.2.3 // f\n192.0.2.4\t#g'],
    ['line ends of Windows, blanks and tabs', '192.0.2.1\r\n\r\n\t192.0.2.2 \r\n 192.0.2.3\t\r\n192.0.2.4'],
    [
      'Spamhaus DROP',
      '; Spamhaus DROP List\n192.0.2.1/32 ; SBL256894\n192.0.2.2 ; SBL1\n192.0.2.3;SBL2\n192.0.2.4/32 ; S',
    ],
    ['a netset of FireHOL', '#\n# firehol_level1\n# Entries : 4\n#\n192.0.2.1\n192.0.2.2/32\n192.0.2.3\n192.0.2.4\n'],
    [
      'Spamhaus DROP as JSON',
      [1, 2, 3, 4].map((n) => `{"cidr":"192.0.2.${n}/32","sblid":"SBL${n}","rir":"apnic"}\n`).join('') +
        '{"type":"metadata","timestamp":1,"terms":"https://www.spamhaus.org/drop/terms/"}\n',
    ],
  ])('may have %s', (_, text) => {
    expect(networksOf(text)).toEqual(['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'])
  })

  it('takes the network around an address with bits behind its prefix, and says where', () => {
    const { networks, hostBits } = readAddressList('192.0.2.1\n203.0.113.5/24 ; one\n{"cidr":"2001:db8::1/32"}')
    expect(networks.map(cidrText)).toEqual(['192.0.2.1', '203.0.113.0/24', '2001:db8::/32'])
    expect(hostBits).toMatchObject({ count: 2, first: [{ line: 2 }, { line: 3 }] })
  })

  it.each([
    ['secret', 'not an address or network'],
    ['10.0.0.300', 'not an address or network'],
    ['10.0.0.1/33', 'not an address or network'],
    ['192.0.2.1-192.0.2.9', 'a range; write it as networks, such as 192.0.2.0/24'],
    ['192.0.2.1 - 192.0.2.9', 'a range; write it as networks, such as 192.0.2.0/24'],
    ['192.0.2.1 192.0.2.2', 'more than one thing on a line'],
    ['192.0.2.1,DE', 'more than one thing on a line'],
    ['{"ip":"192.0.2.1"}', 'JSON without the text "cidr"'],
    ['{"cidr":1}', 'JSON without the text "cidr"'],
    ['{', 'not an address or network'],
    [`{"a":${'['.repeat(100_000)}`, 'too long for a line of JSON'],
    ['1'.repeat(100_000), 'not an address or network'],
  ])('has a hint about a line that says nothing, and no word of it: %.30s', (line, hint) => {
    expect(faultsOf(`# fine\n${line}\n192.0.2.1`)).toEqual([`2: ${hint}`])
  })

  it('shows the first five faults and counts the others', () => {
    const { networks, faults } = readAddressList(`${'x\n'.repeat(30)}192.0.2.1`)
    expect(networks).toHaveLength(1)
    expect(faults.count).toBe(30)
    expect(faults.first.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5])
  })

  it('may hold names where it is told so, each once, and nothing that looks like an address', () => {
    const text =
      '# ours\nLB.example.com ; one\nhaproxy\ncafe\n192.0.2.1\nlb.example.com\nlb.internal.\n10.0.0.256\n10.0.0.0/40\na b\n'
    const { networks, hosts, faults } = readAddressList(text, { mayHoldHosts: true })
    expect(networks.map(cidrText)).toEqual(['192.0.2.1'])
    expect(hosts).toEqual(['lb.example.com', 'haproxy', 'cafe', 'lb.internal.'])
    expect(faults.first.map(({ line, hint }) => `${line}: ${hint}`)).toEqual([
      '8: not an address, a network or the name of a host',
      '9: not an address, a network or the name of a host',
      '10: not an address, a network or the name of a host',
    ])
    expect(readAddressList(text)).toMatchObject({ hosts: [], faults: { count: 8 } })
  })

  // A list of domains in the wrong place would be looked up, every half minute.
  it('holds 256 names and no more', () => {
    const text = Array.from({ length: 300 }, (_, index) => `lb-${index}.example.com`).join('\n')
    const { hosts, faults } = readAddressList(text, { mayHoldHosts: true })
    expect(hosts).toHaveLength(256)
    expect(faults).toMatchObject({ count: 44, first: [{ line: 257, hint: 'more than 256 names' }, {}, {}, {}, {}] })
  })
})
