import { describe, expect, it } from 'vitest'
import { clientKey } from '../../src/addresses/client-key.ts'

describe('the key of a client', () => {
  it.each([
    ['192.0.2.1', undefined, '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', undefined, '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', undefined, '2001:db8:1:2::/64'],
    ['192.0.2.129', { ipv4: 24, ipv6: 64 }, '192.0.2.0/24'],
    ['2001:db8:1:2:3:4:5:6', { ipv4: 32, ipv6: 48 }, '2001:db8:1::/48'],
    ['2001:db8::5', { ipv4: 32, ipv6: 128 }, '2001:db8::5'],
    ['192.0.2.1', { ipv4: 0, ipv6: 0 }, '0.0.0.0/0'],
    ['2001:db8::5', { ipv4: 0, ipv6: 0 }, '::/0'],
    ['no address', { ipv4: 24, ipv6: 64 }, 'no address'],
  ])('%s under %j is %s', (address, prefixes, key) => expect(clientKey(address, prefixes)).toBe(key))
})
