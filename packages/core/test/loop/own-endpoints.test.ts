import { describe, expect, it } from 'vitest'
import { OwnEndpoints } from '../../src/loop/own-endpoints.ts'

const INTERFACES = ['127.0.0.1', '::1', '192.0.2.7', '2001:db8::7', 'fe80::7%eth0', 'fe80::7%2']

function listening(...bound: readonly string[]): OwnEndpoints {
  const own = new OwnEndpoints({ interfaceAddresses: () => INTERFACES })
  for (const address of bound) own.add({ address, port: 25_565 })
  return own
}

describe('what leads back to the proxy', () => {
  it('is a Unix socket that it listens on, and no other', () => {
    const own = listening('0.0.0.0')
    own.add({ address: 'unix:/run/in.sock', port: undefined })
    expect(own.has({ address: 'unix:/run/in.sock', port: undefined })).toBe(true)
    expect(own.has({ address: 'unix:/run/paper.sock', port: undefined })).toBe(false)
  })

  it.each([
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '::ffff:127.0.0.1', true],
    ['127.0.0.1', '::ffff:7f00:1', true],
    // The system dials loopback for a wildcard.
    ['127.0.0.1', '0.0.0.0', true],
    ['127.0.0.1', '::ffff:0.0.0.0', true],
    ['::1', '::', true],
    ['127.0.0.1', '127.0.0.2', false],
    ['127.0.0.1', '192.0.2.7', false],
    ['127.0.0.1', '::1', false],
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '127.0.0.1', false],
    ['192.0.2.7', '0.0.0.0', false],
    ['0.0.0.0', '127.0.0.1', true],
    ['0.0.0.0', '127.255.1.2', true],
    ['0.0.0.0', '0.0.0.0', true],
    ['0.0.0.0', '192.0.2.7', true],
    ['0.0.0.0', '::ffff:192.0.2.7', true],
    ['0.0.0.0', '192.0.2.8', false],
    ['0.0.0.0', '::1', false],
    ['0.0.0.0', '2001:db8::7', false],
    ['::', '::1', true],
    ['::', '0:0:0:0:0:0:0:1', true],
    ['::', '::', true],
    ['::', '2001:db8::7', true],
    ['::', '2001:DB8:0::7', true],
    // We bind it for both families.
    ['::', '127.0.0.1', true],
    ['::', '192.0.2.7', true],
    ['::', '2001:db8::8', false],
    ['::', 'fe80::7%eth0', true],
    ['::', 'fe80::7%2', true],
    // The same address of a neighbour on another link.
    ['::', 'fe80::7%eth1', false],
    ['2001:db8::7', '2001:db8::7', true],
  ])('bound to %s: %s: %s', (bound, dialled, leadsBack) => {
    expect(listening(bound).has({ address: dialled, port: 25_565 })).toBe(leadsBack)
    expect(listening(bound).has({ address: dialled, port: 25_566 })).toBe(false)
  })

  it('is any of several listeners', () => {
    const own = listening('192.0.2.7', '127.0.0.1')
    own.add({ address: '0.0.0.0', port: 1 })
    expect(own.has({ address: '127.0.0.1', port: 25_565 })).toBe(true)
    expect(own.has({ address: '192.0.2.7', port: 1 })).toBe(true)
  })

  it('is asked of the system once in five seconds, and only for a wildcard with that port', () => {
    let now = 0
    let reads = 0
    let addresses = ['192.0.2.7']
    const interfaceAddresses = (): readonly string[] => {
      reads++
      return addresses
    }
    const own = new OwnEndpoints({ interfaceAddresses, now: () => now })
    own.add({ address: '0.0.0.0', port: 1 })
    expect(own.has({ address: '198.51.100.1', port: 2 })).toBe(false)
    expect(reads).toBe(0)
    for (let count = 0; count < 100; count++) expect(own.has({ address: '198.51.100.1', port: 1 })).toBe(false)
    expect(reads).toBe(1)
    addresses = ['198.51.100.1']
    now = 5_000
    expect(own.has({ address: '198.51.100.1', port: 1 })).toBe(true)
    expect(own.has({ address: '192.0.2.7', port: 1 })).toBe(false)
    expect(reads).toBe(2)
  })

  it('knows the addresses of this machine', () => {
    const own = new OwnEndpoints()
    own.add({ address: '0.0.0.0', port: 1 })
    expect(own.has({ address: '127.0.0.1', port: 1 })).toBe(true)
  })
})
