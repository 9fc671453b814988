import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeFrame } from '../src/frame.ts'
import { compressedFrame, encodePacket, encodeVarInt, type Inflate, plainFrame } from '../src/index.ts'
import { feed, feedRefused } from './feed.ts'
import { hex, join, toHex } from './hex.ts'
import { deflate, inflate } from './zlib.ts'

const read = (bytes: Uint8Array, limitBytes?: number) => plainFrame(bytes, inflate, limitBytes)

const PACKET = join(hex('02'), new Uint8Array(300).fill(0x61))

/** A frame whose packet says that it has so many bytes. */
function claiming(dataLength: number, data: Uint8Array): Uint8Array {
  return encodeFrame(encodeVarInt(dataLength), data)
}

describe('a frame behind Set Compression', () => {
  it('says by a data length of 0 that it is not deflated', () => {
    expect(compressedFrame(hex('03 00 2278'))).toEqual(hex('04 00 00 2278'))
    expect(feed(read, hex('04 00 00 2278'))).toMatchObject({ value: hex('03 00 2278') })
  })

  it('is deflated from the threshold on', () => {
    const frame = encodeFrame(PACKET)
    expect(compressedFrame(frame, { thresholdBytes: 302, deflate })).toEqual(encodeFrame(hex('00'), PACKET))
    const deflated = compressedFrame(frame, { thresholdBytes: 301, deflate })
    expect(toHex(deflated.subarray(1, 5))).toBe('ad02789c')
    expect(feed(read, deflated)).toMatchObject({ value: frame })
  })

  it('has the format of before where there is no compression: a view of it', () => {
    const bytes = hex('03 00 2278 ffff')
    const result = plainFrame(bytes, undefined)
    expect(result).toEqual({ kind: 'decoded', value: hex('03 00 2278'), consumedBytes: 4 })
    expect(result.kind === 'decoded' && result.value.buffer).toBe(bytes.buffer)
  })

  it('is taken deflated below any threshold, and with bytes behind its data, as the game does', () => {
    expect(read(claiming(3, deflate(hex('002278'))))).toMatchObject({ value: hex('03 002278') })
    expect(read(claiming(3, join(deflate(hex('002278')), hex('ffffff'))))).toMatchObject({ value: hex('03 002278') })
  })

  it.each([
    ['more than it claims', claiming(300, deflate(PACKET)), 'compression', 3],
    ['less than it claims', claiming(302, deflate(PACKET)), 'data-length', 1],
    ['data that ends too early', claiming(301, deflate(PACKET).subarray(0, 6)), 'data-length', 1],
    ['no zlib', claiming(301, hex('00112233')), 'compression', 3],
    ['no data', claiming(301, hex('')), 'data-length', 1],
    ['a damaged stream', claiming(301, hex('789cffffffff')), 'compression', 3],
    ['a claim over the limit', claiming(1001, deflate(PACKET)), 'data-length', 1],
    ['a claim of 2 GiB', claiming(0x7fffffff, deflate(PACKET)), 'data-length', 1],
    ['a claim below zero', claiming(-1, deflate(PACKET)), 'data-length', 1],
    ['no data length', hex('00'), 'past-end', 1],
    ['a frame over the limit', hex('ff07'), 'frame-too-long', 0],
  ])('is refused: %s', (_, bytes, code, offset) => {
    expect(feedRefused((part) => read(part, 1000), bytes).refusal).toEqual({ kind: 'malformed', code, offset })
  })

  it('is in circles the same', () => {
    const anyPacket = fc.uint8Array({ minLength: 1, maxLength: 2000 })
    fc.assert(
      fc.property(anyPacket, fc.integer({ min: 0, max: 2000 }), (packet, thresholdBytes) => {
        const frame = encodeFrame(packet)
        const packed = compressedFrame(frame, { thresholdBytes, deflate })
        expect(read(packed)).toEqual({ kind: 'decoded', value: frame, consumedBytes: packed.length })
      }),
    )
  })

  // A backend that was broken into sends 2 KiB that become 2 MiB, for each of a thousand logins.
  it('never inflates past what it claims, nor past the limit', () => {
    const bomb = deflate(new Uint8Array(2 ** 21))
    const asked: number[] = []
    const watching: Inflate = (data, maxOutputBytes) => {
      asked.push(maxOutputBytes)
      return inflate(data, maxOutputBytes)
    }
    for (const claim of [1, 64, 65_536, 2 ** 21]) plainFrame(claiming(claim, bomb), watching, 65_536)
    expect(asked).toEqual([1, 64, 65_536])
    expect(plainFrame(claiming(64, bomb), watching, 65_536)).toMatchObject({ code: 'compression' })
    const careless: Inflate = () => new Uint8Array(2 ** 21)
    expect(plainFrame(claiming(64, bomb), careless, 65_536)).toMatchObject({ code: 'data-length' })
  })

  it('cannot be longer than any frame', () => {
    expect(() => compressedFrame(encodePacket(0, new Uint8Array(2 ** 21 - 2)))).toThrow(/longer than the protocol/)
  })
})
