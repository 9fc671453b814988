import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeUtf8 } from '../src/utf8.ts'
import { decodeUuid, encodeUuid } from '../src/uuid.ts'
import { plainUuid } from './plain-uuid.ts'

describe('a text', () => {
  it('is what the decoder of the runtime says, short or long, valid or not', () => {
    const bytes = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 90 }).map((text) => new TextEncoder().encode(text)),
      fc.uint8Array({ max: 0x7f, maxLength: 90 }),
      fc.uint8Array({ maxLength: 90 }),
    )
    const byRuntime = (of: Uint8Array): string | undefined => {
      try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(of)
      } catch {
        return undefined
      }
    }
    fc.assert(
      fc.property(bytes, (each) => {
        expect(decodeUtf8(each)).toBe(byRuntime(each))
      }),
    )
  })
})

describe('a UUID', () => {
  it('goes in a circle', () => {
    const sixteen = fc.uint8Array({ minLength: 16, maxLength: 16 })
    fc.assert(
      fc.property(sixteen, (bytes) => {
        expect(encodeUuid(decodeUuid(bytes))).toEqual(bytes)
      }),
    )
    expect(decodeUuid(Uint8Array.from({ length: 16 }, (_, at) => at * 17))).toBe('00112233-4455-6677-8899-aabbccddeeff')
  })

  it('is what it is byte by byte, wherever it begins', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 40 }), fc.nat(24), (bytes, start) => {
        const from = Math.min(start, bytes.length - 16)
        expect(decodeUuid(bytes, from)).toBe(plainUuid(bytes, from))
      }),
    )
  })
})
