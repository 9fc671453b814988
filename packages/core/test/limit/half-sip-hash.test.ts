import { expect, it } from 'vitest'
import { HalfSipHash } from '../../src/limit/half-sip-hash.ts'

// `vectors_hsip64` of the reference implementation: key 00 01 … 07, input 00 01 02 …, for lengths in whole words.
it.each([
  [[], '218d1f59b9b83cc8'],
  [[0x03020100], 'd5e78a175be52ea1'],
])('HalfSipHash of %j is that of the reference implementation', (words, expected) => {
  const hash = new HalfSipHash({ k0: 0x03020100, k1: 0x07060504 }).hash(words)
  expect(Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('hex')).toBe(expected)
})
