import { Buffer } from 'node:buffer'
import { createCipheriv, createDecipheriv } from 'node:crypto'
import { array, assert, boolean, integer, property, record, uint8Array } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadNative } from '../src/index.ts'
import { whereNative } from './where-native.ts'

whereNative(() => {
  describe.each([
    ['the best of this processor', false],
    ['tables', true],
  ])('AES-128-CFB8 by %s', (_name, isPlain) => {
    it('gives what was published', () => {
      const key = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')
      const plain = Buffer.from('The quick brown fox jumps over the lazy dog')
      const expected = '5eb44639981b73c74762c48f7d973120307c8f1aa88b0e6db30e4abda49393d9828e35c494ff4a4bc6e4f1'
      expect(cfb8(key, plain, false, isPlain, 1000).toString('hex')).toBe(expected)
      expect(cfb8(key, Buffer.from(expected, 'hex'), true, isPlain, 1000).equals(plain)).toBe(true)
    })

    it('is that of OpenSSL, both ways, whatever the key, the bytes and their pieces', () => {
      const bytes = uint8Array({ maxLength: 300 })
      const key = uint8Array({ minLength: 16, maxLength: 16 })
      assert(
        property(key, bytes, boolean(), integer({ min: 1, max: 40 }), (secret, input, isDecrypting, pieceBytes) => {
          const make = isDecrypting ? createDecipheriv : createCipheriv
          const expected = make('aes-128-cfb8', secret, secret).update(input)
          expect(cfb8(secret, input, isDecrypting, isPlain, pieceBytes).equals(expected)).toBe(true)
        }),
        { numRuns: 2_000 },
      )
    })

    it('is that of OpenSSL for streams side by side, however long each is', () => {
      const stream = record({
        key: uint8Array({ minLength: 16, maxLength: 16 }),
        plain: uint8Array({ maxLength: 200 }),
      })
      assert(
        property(array(stream, { maxLength: 4 }), (streams) => {
          const expected = streams.map(({ key, plain }) => createCipheriv('aes-128-cfb8', key, key).update(plain))
          expect(cfb8Together(streams, isPlain).equals(Buffer.concat(expected))).toBe(true)
        }),
        { numRuns: 2_000 },
      )
    })

    it('takes each byte to each other one', () => {
      // 256 values at each of 48 places: every entry of a table, in the key schedule and in the rounds.
      const key = Buffer.alloc(16)
      for (let value = 0; value < 256; value++) {
        key.fill(value)
        const input = Buffer.alloc(48, value)
        const expected = createCipheriv('aes-128-cfb8', key, key).update(input)
        expect(cfb8(key, input, false, isPlain, 7).equals(expected)).toBe(true)
      }
    })
  })
})

function cfb8(key: Uint8Array, input: Uint8Array, isDecrypting: boolean, isPlain: boolean, pieceBytes: number): Buffer {
  const native = loadNative()
  if (native.kind === 'unavailable') throw new Error(native.reason)
  const bytes = Uint8Array.from(input).buffer
  native.binding.cfb8(Uint8Array.from(key).buffer, bytes, isDecrypting, isPlain, pieceBytes)
  return Buffer.from(bytes)
}

function cfb8Together(
  streams: readonly { readonly key: Uint8Array; readonly plain: Uint8Array }[],
  isPlain: boolean,
): Buffer {
  const native = loadNative()
  if (native.kind === 'unavailable') throw new Error(native.reason)
  const keys = joined(streams.map(({ key }) => key))
  const bytes = joined(streams.map(({ plain }) => plain))
  const counts = Uint32Array.from(streams, ({ plain }) => plain.length).buffer
  native.binding.cfb8Together(keys, bytes, counts, isPlain)
  return Buffer.from(bytes)
}

/** In memory of its own. */
function joined(parts: readonly Uint8Array[]): ArrayBuffer {
  return Uint8Array.from(parts.flatMap((part) => [...part])).buffer
}
