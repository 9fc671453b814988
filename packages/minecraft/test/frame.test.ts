import { describe, expect, it } from 'vitest'
import { decodeFrame, encodePacket } from '../src/index.ts'
import { feed, feedRefused } from './feed.ts'
import { hex, toHex } from './hex.ts'

const decode = (bytes: Uint8Array) => decodeFrame(bytes, 1000)

describe('a frame', () => {
  it('gives its body as a view, and leaves what follows', () => {
    const bytes = hex('03 00aabb 0100')
    const frame = decode(bytes)
    expect(frame).toEqual({ kind: 'decoded', value: hex('00aabb'), consumedBytes: 4 })
    expect(frame.kind === 'decoded' && frame.value.buffer).toBe(bytes.buffer)
  })

  it.each([0, 1, 127, 128, 300])('of %i bytes is read whole, in pieces and with a tail', (bodyBytes) => {
    const frame = encodePacket(1, new Uint8Array(bodyBytes).fill(0xaa))
    expect(feed(decode, frame)).toMatchObject({ value: { length: bodyBytes + 1 } })
  })

  it('may be empty', () => {
    expect(feed(decode, hex('00'))).toMatchObject({ value: new Uint8Array(0) })
  })

  // Others allocated what three bytes announce: 2 MiB for each connection that sends them.
  it('is refused over the limit as soon as its length is there', () => {
    const { refusal, afterBytes } = feedRefused(decode, hex('ffff7f 00'))
    expect(refusal).toEqual({ kind: 'malformed', code: 'frame-too-long', offset: 0 })
    expect(afterBytes).toBe(3)
  })

  it('counts its length field against the limit', () => {
    expect(decodeFrame(hex('03 000000'), 4).kind).toBe('decoded')
    expect(decodeFrame(hex('03 000000'), 3)).toMatchObject({ code: 'frame-too-long' })
  })

  it('is refused when its length has a fourth byte, as in the game', () => {
    const { refusal, afterBytes } = feedRefused(decode, hex('80808000'))
    expect(refusal).toEqual({ kind: 'malformed', code: 'frame-length', offset: 2 })
    expect(afterBytes).toBe(3)
  })

  it('cannot be encoded over 21 bits of length', () => {
    expect(toHex(encodePacket(0, new Uint8Array(2 ** 21 - 2)).subarray(0, 4))).toBe('ffff7f00')
    expect(() => encodePacket(0, new Uint8Array(2 ** 21 - 1))).toThrow('longer than the protocol allows')
  })
})
