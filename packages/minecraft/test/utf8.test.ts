import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeUtf8 } from '../src/utf8.ts'
import { decodeUuid, encodeUuid } from '../src/uuid.ts'
import { plainText, plainUuid } from './plain.ts'

describe('a text', () => {
  it('is what the decoder of the runtime says, short or long, valid or not', () => {
    const bytes = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 90 }).map((text) => new TextEncoder().encode(text)),
      fc.uint8Array({ max: 0x7f, maxLength: 90 }),
      fc.uint8Array({ maxLength: 90 }),
    )
    fc.assert(
      fc.property(bytes, fc.nat({ max: 90 }), fc.nat({ max: 90 }), (each, start, length) => {
        const end = Math.min(start + length, each.length)
        expect(decodeUtf8(each)).toBe(plainText(each))
        if (start <= end) expect(decodeUtf8(each, start, end)).toBe(plainText(each.subarray(start, end)))
      }),
    )
  })
})

describe('a UUID', () => {
  it('is its bytes in hex with four dashes, and goes in a circle', () => {
    const sixteen = fc.uint8Array({ minLength: 16, maxLength: 16 })
    fc.assert(
      fc.property(sixteen, (bytes) => {
        expect(decodeUuid(bytes)).toBe(plainUuid(bytes))
        expect(decodeUuid(Uint8Array.of(1, 2, ...bytes, 3), 2)).toBe(plainUuid(bytes))
        expect(encodeUuid(decodeUuid(bytes))).toEqual(bytes)
      }),
    )
    expect(decodeUuid(Uint8Array.from({ length: 16 }, (_, at) => at * 17))).toBe('00112233-4455-6677-8899-aabbccddeeff')
  })
})
