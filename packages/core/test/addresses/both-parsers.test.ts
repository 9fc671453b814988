import { isIP } from 'node:net'
import { canonicalAddress as theirs } from '@infrarust/proxy-protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalAddress as ours } from '../../src/addresses/canonical-address.ts'

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

describe('the two readers of addresses', () => {
  it.each(['1.2.3.4%eth0', '::ffff:1.2.3.4%eth0', 'fe80::1%eth0', 'fe80::1%', 'fe80::1%a%b', 'fe80::1% ', '%eth0'])(
    'agree about %s',
    (text) => {
      expect(ours(text)).toBe(theirs(text))
      expect(ours(text) !== undefined).toBe(isIP(text) !== 0)
    },
  )

  it('agree about any text, and with the platform', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, nearAnAddress), (text) => {
        expect(ours(text), text).toBe(theirs(text))
        // The platform knows fewer names of interfaces than there are.
        const zone = text.includes('%') ? text.slice(text.indexOf('%') + 1) : 'eth0'
        if (/^[0-9A-Za-z.:-]*$/.test(zone)) expect(ours(text) !== undefined, text).toBe(isIP(text) !== 0)
      }),
      { numRuns: 20_000 },
    )
  })
})
