import { describe, expect, it } from 'vitest'
import { beginsHeader } from '../src/index.ts'
import { hex, latin1, SIGNATURE } from './feed.ts'

describe('where a header may stand or not', () => {
  it('two bytes decide it, and one only where it cannot be a header', () => {
    expect(beginsHeader(latin1(''))).toBe('undecided')
    for (let first = 0; first < 256; first++) {
      const mayBegin = first === 0x0d || first === 0x50
      expect(beginsHeader(Uint8Array.of(first))).toBe(mayBegin ? 'undecided' : 'no')
      for (let second = 0; second < 256; second++) {
        const begins = (first === 0x0d && second === 0x0a) || (first === 0x50 && second === 0x52)
        expect(beginsHeader(Uint8Array.of(first, second))).toBe(begins ? 'yes' : 'no')
      }
    }
  })

  it('stays decided, whatever comes then', () => {
    expect(beginsHeader(latin1('PROBLEM'))).toBe('yes')
    expect(beginsHeader(latin1('PR0'))).toBe('yes')
    expect(beginsHeader(hex('0d 0a 2f'))).toBe('yes')
    expect(beginsHeader(hex(SIGNATURE, '21'))).toBe('yes')
    expect(beginsHeader(hex('0d 00 2f'))).toBe('no')
  })
})
