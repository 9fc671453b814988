import { describe, expect, it } from 'vitest'
import { crc32c } from '../src/crc32c.ts'
import { latin1 } from './feed.ts'

describe('crc32c', () => {
  it('gives the check values of RFC 3720, B.4, and of the polynomial', () => {
    expect(crc32c(latin1('123456789'))).toBe(0xe3069283)
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43)
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, index) => index))).toBe(0x46dd794e)
    expect(crc32c(new Uint8Array(0))).toBe(0)
  })

  it('takes the four bytes at an offset as zero and leaves them', () => {
    const bytes = latin1('12345678901234567890')
    expect(crc32c(bytes, 5)).toBe(crc32c(latin1('12345\0\0\0\x0001234567890')))
    expect(bytes).toEqual(latin1('12345678901234567890'))
  })
})
