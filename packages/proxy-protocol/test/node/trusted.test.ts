import { describe, expect, it } from 'vitest'
import { trustCheck } from '../../src/node/trusted.ts'

describe('trusted', () => {
  it.each<[string, string, boolean]>([
    ['10.0.0.0/8', '10.255.0.1', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', '10.0.0.2', false],
    ['0.0.0.0/0', '203.0.113.7', true],
    ['0.0.0.0/0', '2001:db8::7', false],
    ['2001:db8::/32', '2001:DB8:1::7', true],
    ['2001:db8::/32', '2001:db9::7', false],
    ['::/0', '2001:db8::7', true],
    // A dual-stack listener shows IPv4 peers so, and some write their networks so.
    ['10.0.0.0/8', '::ffff:10.0.0.1', true],
    ['::ffff:10.0.0.0/104', '10.0.0.1', true],
    ['::ffff:10.0.0.0/104', '::ffff:11.0.0.1', false],
    ['::/0', '203.0.113.7', false],
    // The system names the interface of a link-local peer.
    ['fe80::/10', 'fe80::1%eth0', true],
    ['10.0.0.0/8', 'not an address', false],
  ])('%s has %s in it: %s', (network, peerAddress, isTrusted) => {
    expect(trustCheck([network])(peerAddress)).toBe(isTrusted)
  })

  it('is nobody without an address, unless it is anyone', () => {
    expect(trustCheck(['0.0.0.0/0', '::/0'])(undefined)).toBe(false)
    expect(trustCheck('anyone')(undefined)).toBe(true)
  })

  it.each([
    ['10.0.0/8', '"10.0.0" is not an IPv4 or IPv6 address'],
    ['10.0.1.5/8', 'it has bits behind its prefix; the network is 10.0.0.0/8'],
    ['::ffff:0:0/90', 'a prefix under 96 reaches beyond the IPv4 addresses of "::ffff:0:0"'],
  ])('refuses %s', (network, message) => {
    const text = `trusted: "${network}" is neither an address nor a network like 10.0.0.0/8: ${message}`
    expect(() => trustCheck([network])).toThrow(new TypeError(text))
  })
})
