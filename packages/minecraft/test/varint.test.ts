import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeVarInt, encodeVarInt, MinecraftError } from '../src/index.ts'
import { feed, feedRefused } from './feed.ts'
import { hex, toHex } from './hex.ts'

const decode = (bytes: Uint8Array) => decodeVarInt(bytes)

describe('a VarInt', () => {
  it.each([
    [0, '00'],
    [1, '01'],
    [127, '7f'],
    [128, '8001'],
    [255, 'ff01'],
    [25565, 'ddc701'],
    [2 ** 31 - 1, 'ffffffff07'],
    [-1, 'ffffffff0f'],
    [-(2 ** 31), '8080808008'],
  ])('of %i is %s', (value, digits) => {
    expect(toHex(encodeVarInt(value))).toBe(digits)
    expect(feed(decode, hex(digits))).toMatchObject({ value })
  })

  it('is refused at its fifth byte when a sixth would follow', () => {
    const { refusal, afterBytes } = feedRefused(decode, hex('ffffffffff 01'))
    expect(refusal).toEqual({ kind: 'malformed', code: 'varint-too-long', offset: 4 })
    expect(afterBytes).toBe(5)
  })

  it('may be longer than it needs to be, as in the game', () => {
    expect(feed(decode, hex('8180808000'))).toMatchObject({ value: 1 })
  })

  it('is read at an offset', () => {
    expect(decodeVarInt(hex('ff ff 8001 00'), 2)).toEqual({ kind: 'decoded', value: 128, consumedBytes: 2 })
    expect(decodeVarInt(hex('ff ff 80'), 2)).toEqual({ kind: 'incomplete', atLeastBytes: 4 })
  })

  it('is the same number again after encoding and decoding', () => {
    fc.assert(
      fc.property(fc.integer(), (value) => {
        const bytes = encodeVarInt(value)
        expect(decodeVarInt(bytes)).toEqual({ kind: 'decoded', value, consumedBytes: bytes.length })
      }),
    )
  })

  it.each([2 ** 31, -(2 ** 31) - 1, 0.5, Number.NaN])('cannot be %d', (value) => {
    expect(() => encodeVarInt(value)).toThrow(MinecraftError)
  })
})
