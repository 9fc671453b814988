import { canonicalAddress } from '@infrarust/proxy-protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonical, endpointText } from '../../src/addresses/socket-address.ts'

describe('one end of a connection', () => {
  it.each([
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['2001:DB8:0::1', '2001:db8::1'],
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['no address', 'no address'],
  ])('at %s is at %s', (address, expected) =>
    expect(canonical({ address, port: 25_565 })).toEqual({ address: expected, port: 25_565 }),
  )
  it('has the text that the parser of addresses gives it, where that takes it for one', () => {
    const dotted = fc.array(fc.oneof(fc.nat(300).map(String), fc.constantFrom('', '00', '010', ' 1', '0x1')), {
      minLength: 1,
      maxLength: 5,
    })
    const anyAddress = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      dotted.map((parts) => parts.join('.')),
      fc.string({ maxLength: 20 }),
    )
    fc.assert(
      fc.property(
        anyAddress,
        (address) => canonical({ address, port: 1 }).address === (canonicalAddress(address) ?? address),
      ),
      { numRuns: 2_000 },
    )
  })
})

describe('the text of an endpoint', () => {
  it.each([
    ['10.0.1.5', 25_565, '10.0.1.5:25565'],
    ['lobby.internal', 25_565, 'lobby.internal:25565'],
    // Without brackets the port reads as a part of the address.
    ['2001:db8::1', 25_565, '[2001:db8::1]:25565'],
    ['fe80::1%eth0', 25_565, '[fe80::1%eth0]:25565'],
    ['lobby.internal', undefined, 'lobby.internal'],
    ['2001:db8::1', undefined, '[2001:db8::1]'],
  ])('at %s, port %s, is %s', (host, port, text) => expect(endpointText({ host, port })).toBe(text))
})
