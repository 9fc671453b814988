import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeFrame } from '../src/frame.ts'
import {
  compressedFrame,
  decodeClientboundLogin,
  decodeLoginAnswerId,
  decodeServerboundLogin,
  encodeLoginDisconnect,
  encodeLoginPluginRequest,
  encodeLoginPluginResponse,
  encodeLoginSuccess,
  encodePacket,
  encodeSetCompression,
  encodeVarInt,
  type Inflate,
  plainFrame,
} from '../src/index.ts'
import { feed, feedRefused } from './feed.ts'
import { hex, join, toHex } from './hex.ts'
import { deflate, inflate } from './zlib.ts'

const plain = (bytes: Uint8Array) => decodeClientboundLogin(bytes, undefined)
const inflating = (bytes: Uint8Array) => decodeClientboundLogin(bytes, inflate)

const SKINNED = {
  uuid: '069a79f4-44e9-4726-a5be-fca90e38aaf5',
  name: 'Notch',
  properties: [{ name: 'textures', value: 'QUJD'.repeat(200), signature: 'REVG'.repeat(171) }],
}

describe('a frame of a login', () => {
  it.each([
    ['login-disconnect', 0],
    ['encryption-request', 1],
    ['login-success', 2],
    ['set-compression', 3],
    ['login-plugin-request', 4],
    ['cookie-request', 5],
    ['unknown', 6],
    ['unknown', 200],
  ])('to the client is known by its id: %s is %i', (packet, packetId) => {
    const frame = encodePacket(packetId, hex('aabb'))
    expect(feed(plain, frame)).toMatchObject({ value: { packet, packetId, frame } })
    const compressed = compressedFrame(frame)
    expect(feed(inflating, compressed)).toMatchObject({ value: { packet, packetId, frame: compressed } })
    const deflated = compressedFrame(frame, { thresholdBytes: 0, deflate })
    expect(feed(inflating, deflated)).toMatchObject({ value: { packet, packetId, frame: deflated } })
  })

  it.each([
    ['login-start', 0],
    ['encryption-response', 1],
    ['login-plugin-response', 2],
    ['login-acknowledged', 3],
    ['cookie-response', 4],
    ['unknown', 5],
  ])('to the server is known by its id: %s is %i', (packet, packetId) => {
    const result = feed((bytes) => decodeServerboundLogin(bytes, undefined), encodePacket(packetId, hex('aabb')))
    expect(result).toMatchObject({ value: { packet, packetId } })
  })

  it('below zero is of no packet', () => {
    expect(plain(encodePacket(-1))).toMatchObject({ value: { packet: 'unknown', packetId: -1 } })
  })

  it('is a view, to be passed on untouched', () => {
    const bytes = join(encodePacket(2, hex('aabb')), hex('ffff'))
    const result = plain(bytes)
    expect(result.kind === 'decoded' && result.value.frame.buffer).toBe(bytes.buffer)
  })

  it.each([
    ['no id', plain, '00 00', 'past-end', 1],
    ['an id past the end', plain, '01 80', 'past-end', 1],
    ['an id of six bytes', plain, '06 808080808000', 'varint-too-long', 5],
    ['a length of four bytes', plain, '808080', 'frame-length', 2],
    ['no data length', inflating, '00', 'past-end', 1],
    ['nothing behind a data length of 0', inflating, '01 00', 'past-end', 2],
    ['nothing behind another data length', inflating, '02 ad02', 'past-end', 3],
    ['a data length below zero', inflating, '06 ffffffff0f 00', 'data-length', 1],
    ['no zlib', inflating, '05 40 11223344', 'compression', 2],
    ['a stream that never comes to an id', inflating, '04 40 789c01', 'past-end', 2],
  ])('is refused: %s', (_, decode, digits, code, offset) => {
    expect(feedRefused(decode, hex(digits)).refusal).toEqual({ kind: 'malformed', code, offset })
  })
})

describe('the frames of a backend, in the order of', () => {
  const request = encodeLoginPluginRequest({ messageId: -5, channel: 'velocity:player_info', data: hex('04') })
  const success = encodeLoginSuccess(SKINNED, 767)
  const compression = encodeSetCompression(256)
  const deflating = { thresholdBytes: 256, deflate }

  it.each([
    ['Paper', [request, compression, compressedFrame(success, deflating)]],
    ['Fabric', [compression, compressedFrame(request, deflating), compressedFrame(success, deflating)]],
    ['a server without compression', [request, success]],
    ['a server that says it has none', [encodeSetCompression(-1), request, success]],
  ])('%s, are read in one segment, and become plain', (_, frames) => {
    let left = join(...frames, hex('0102030405'))
    let zlib: Inflate | undefined
    const seen: Uint8Array[] = []
    for (;;) {
      const next = decodeClientboundLogin(left, zlib)
      if (next.kind !== 'decoded') expect.fail(next.kind)
      left = left.subarray(next.consumedBytes)
      const read = plainFrame(next.value.frame, zlib)
      if (read.kind === 'decoded') seen.push(read.value)
      if (next.value.packet === 'set-compression') zlib = next.value.frame.at(2) === 0x80 ? inflate : undefined
      if (next.value.packet === 'login-success') break
    }
    expect(seen.map(toHex).slice(-1)).toEqual([toHex(success)])
    expect(seen.map(toHex)).toContain(toHex(request))
    expect(left).toEqual(hex('0102030405'))
  })
})

describe('a frame that is longer than is waited for', () => {
  const long = encodePacket(
    4,
    join(
      new Uint8Array(40_000).map((_, index) => (index * 7919) >> 3),
      new Uint8Array(60_000),
    ),
  )

  it.each([
    ['as it is', plain, long, 5],
    ['not deflated', inflating, compressedFrame(long), 6],
    [
      'deflated',
      inflating,
      compressedFrame(long, { thresholdBytes: 256, deflate: (data) => join(deflate(data), new Uint8Array(70_000)) }),
      400,
    ],
  ])('is known from its first bytes, whatever follows: %s', (_, decode, frame, knownBytes) => {
    const result = decode(frame)
    const expected = { kind: 'long', value: { packet: 'login-plugin-request', packetId: 4 }, frameBytes: frame.length }
    expect(result).toEqual(expected)
    let known = 0
    for (let received = 0; received <= 500; received++) {
      const early = decode(frame.slice(0, received))
      if (early.kind === 'incomplete') expect(early.atLeastBytes).toBeGreaterThan(received)
      else {
        known ||= received
        expect(early).toEqual(expected)
      }
    }
    expect(known).toBeGreaterThan(0)
    expect(known).toBeLessThanOrEqual(knownBytes)
  })

  it('is judged by its length on the wire, of which it may have as much as it likes', () => {
    const frame = encodePacket(2, new Uint8Array(1000))
    expect(decodeClientboundLogin(frame, undefined, frame.length).kind).toBe('decoded')
    expect(decodeClientboundLogin(frame, undefined, frame.length - 1).kind).toBe('long')
    // 60 KiB of zeros, which are a frame of 100 bytes.
    const dense = compressedFrame(encodePacket(2, new Uint8Array(60_000)), { thresholdBytes: 0, deflate })
    expect(decodeClientboundLogin(dense, inflate, 200).kind).toBe('decoded')
  })
})

describe('the id of a deflated frame', () => {
  // Whole, such a frame is 2 MiB; to learn that it is a Login Success must not cost that.
  it('is read from its beginning, of which no more is inflated than 512 bytes become', () => {
    const asked: number[][] = []
    const watching: Inflate = (data, maxOutputBytes) => {
      asked.push([data.length, maxOutputBytes])
      return inflate(data, maxOutputBytes)
    }
    const bomb = compressedFrame(encodePacket(2, new Uint8Array(2 ** 21 - 10)), { thresholdBytes: 0, deflate })
    expect(decodeClientboundLogin(bomb, watching)).toMatchObject({ value: { packet: 'login-success' } })
    expect(asked).toEqual([[128, 128 * 1032]])

    asked.length = 0
    // Empty blocks, which lead nowhere.
    const idle = join(hex('789c'), ...Array.from({ length: 400 }, () => hex('000000ffff')))
    expect(decodeClientboundLogin(encodeFrame(encodeVarInt(5), idle), watching)).toMatchObject({ code: 'compression' })
    expect(asked.map(([inputBytes]) => inputBytes)).toEqual([128, 512])
  })

  it('is found whatever the packet holds and however well it deflates', () => {
    const anyFields = fc.oneof(
      fc.uint8Array({ maxLength: 3000 }),
      fc.array(fc.constantFrom(0, 1, 2, 0x61, 0xff), { maxLength: 3000 }).map((list) => Uint8Array.from(list)),
      fc
        .tuple(fc.uint8Array({ maxLength: 300 }), fc.nat(60_000))
        .map(([head, zeros]) => join(head, new Uint8Array(zeros))),
    )
    fc.assert(
      fc.property(anyFields, fc.integer({ min: 0, max: 400 }), (fields, packetId) => {
        const frame = compressedFrame(encodePacket(packetId, fields), { thresholdBytes: 0, deflate })
        expect(decodeClientboundLogin(frame, inflate)).toMatchObject({
          value: { packetId },
          consumedBytes: frame.length,
        })
        // The first bytes must do for a long one.
        const early = decodeClientboundLogin(frame.subarray(0, 330), inflate, 0)
        if (early.kind !== 'incomplete') expect(early).toMatchObject({ kind: 'long', value: { packetId } })
        else expect(frame.length).toBeGreaterThan(330)
      }),
    )
  })
})

describe('the question that an answer is to', () => {
  const data = Uint8Array.from({ length: 70_000 }, (_, index) => (index * index) >> 3)
  it.each([0, 1, 127, 128, 2 ** 31 - 1, -1, -(2 ** 31)])('is told from the beginning of a frame: %i', (messageId) => {
    for (const answer of [undefined, Uint8Array.of(), Uint8Array.of(1, 2), data]) {
      const frame = encodeLoginPluginResponse({ messageId, data: answer })
      const forms = [
        { bytes: frame, inflating: undefined },
        { bytes: compressedFrame(frame), inflating: inflate },
        { bytes: compressedFrame(frame, { thresholdBytes: 0, deflate }), inflating: inflate },
      ]
      for (const { bytes, inflating } of forms) {
        expect(decodeLoginAnswerId(bytes, inflating)).toMatchObject({ kind: 'decoded', value: messageId })
        for (let cut = 0; cut < Math.min(bytes.length, 300); cut++) {
          const found = decodeLoginAnswerId(bytes.subarray(0, cut), inflating)
          if (found.kind === 'decoded') expect(found.value).toBe(messageId)
          else expect(found.kind).toBe('incomplete')
        }
      }
    }
  })

  it.each([
    ['none at all', encodeFrame(Uint8Array.of(2)), undefined],
    ['half an id', encodeFrame(Uint8Array.of(2, 0x80)), undefined],
    ['an id of six bytes', encodeFrame(Uint8Array.of(2, 0x80, 0x80, 0x80, 0x80, 0x80, 0)), undefined],
    ['no zlib stream', encodeFrame(Uint8Array.of(5, 1, 2, 3)), inflate],
    [
      'none behind a deflated id',
      compressedFrame(encodeFrame(Uint8Array.of(2)), { thresholdBytes: 0, deflate }),
      inflate,
    ],
  ])('is not in a frame with %s', (_, bytes, inflating) => {
    expect(decodeLoginAnswerId(bytes, inflating)).toMatchObject({ kind: 'malformed' })
  })
})

describe('bytes of a backend that hates us', () => {
  const anyBytes = fc.oneof(
    fc.uint8Array({ maxLength: 80 }),
    fc.uint8Array({ maxLength: 60 }).map((body) => encodeFrame(body)),
    fc
      .tuple(fc.uint8Array({ maxLength: 200 }), fc.nat(), fc.nat(255), fc.integer({ min: -3, max: 300 }))
      .map(([packet, at, byte, claim]) => {
        const data = deflate(packet)
        data[at % data.length] = byte
        return encodeFrame(encodeVarInt(claim), data)
      }),
    fc.constant(encodeLoginDisconnect('no')),
  )

  it.each([
    ['as it is', undefined],
    ['compressed', inflate],
  ])('never throw, and mean the same however they are cut: %s', (_, zlib) => {
    fc.assert(
      fc.property(anyBytes, fc.constantFrom(40, 65_536), (bytes, wholeMaxBytes) => {
        const decode = (part: Uint8Array) => decodeClientboundLogin(part, zlib, wholeMaxBytes)
        let decided: ReturnType<typeof decode> | undefined
        for (let received = 0; received <= bytes.length; received++) {
          const result = decode(bytes.slice(0, received))
          if (result.kind === 'incomplete') {
            expect(result.atLeastBytes).toBeGreaterThan(received)
            expect(decided).toBeUndefined()
          } else {
            if (decided !== undefined) expect(result).toEqual(decided)
            decided ??= result
            if (result.kind === 'decoded') plainFrame(result.value.frame, zlib, 1000)
          }
        }
      }),
      { numRuns: 300 },
    )
  })
})
