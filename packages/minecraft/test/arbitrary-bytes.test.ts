import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeFirst,
  decodeFrame,
  decodeHandshake,
  decodeLoginDisconnect,
  decodeLoginStart,
  decodeStatusReply,
  decodeStatusRequest,
  decodeVarInt,
  encodeHandshake,
  encodeLoginStart,
  encodePacket,
  FIRST_MESSAGE_MAX_BYTES,
  LOGIN_START_MAX_BYTES,
  STATUS_REQUEST_MAX_BYTES,
} from '../src/index.ts'
import { join } from './hex.ts'

const DECODERS = [
  ['first', decodeFirst, FIRST_MESSAGE_MAX_BYTES],
  ['handshake', decodeHandshake, FIRST_MESSAGE_MAX_BYTES],
  ['status request', decodeStatusRequest, STATUS_REQUEST_MAX_BYTES],
  ['status reply', (bytes: Uint8Array) => decodeStatusReply(bytes, 300), 300],
  ['login start 1.8', (bytes: Uint8Array) => decodeLoginStart(bytes, 47), LOGIN_START_MAX_BYTES],
  ['login start 1.19.2', (bytes: Uint8Array) => decodeLoginStart(bytes, 760), LOGIN_START_MAX_BYTES],
  ['login start of a snapshot', (bytes: Uint8Array) => decodeLoginStart(bytes, 0x40000001), LOGIN_START_MAX_BYTES],
  ['login disconnect', (bytes: Uint8Array) => decodeLoginDisconnect(bytes, 300), 300],
  ['frame', (bytes: Uint8Array) => decodeFrame(bytes, 300), 300],
  ['VarInt', (bytes: Uint8Array) => decodeVarInt(bytes), 5],
] as const

/** Noise, and messages that are right but for a byte or their end: noise alone hardly gets past the first field. */
const bytesOfAnyKind: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc.uint8Array({ maxLength: 40 }).map((fields) => encodePacket(0, fields)),
  fc
    .tuple(
      fc.constantFrom(
        encodeHandshake({ protocolVersion: 767, address: 'a.example.com\0FML3\0', port: 25565, intent: 'login' }),
        encodeLoginStart('Alex', 767),
        encodeLoginStart('Alex', 760, '069a79f4-44e9-4726-a5be-fca90e38aaf5'),
        Uint8Array.from([...Buffer.from('fe01fa000b004d0043007c00500069006e00670048006f00730074000b4e', 'hex')]),
        Uint8Array.from([...Buffer.from('024e000141000161000063dd', 'hex')]),
      ),
      fc.nat(),
      fc.integer({ min: 0, max: 255 }),
      fc.uint8Array({ maxLength: 8 }),
    )
    .map(([message, at, byte, tail]) => {
      const changed = message.slice()
      changed[at % changed.length] = byte
      return join(changed, tail)
    }),
)

describe.each(DECODERS)('arbitrary bytes as %s', (_, decode, limitBytes) => {
  it('never throw, never take more than there is or than the limit, and mean the same however they are cut', () => {
    fc.assert(
      fc.property(bytesOfAnyKind, (bytes) => {
        let decided: ReturnType<typeof decode> | undefined
        for (let received = 0; received <= bytes.length; received++) {
          const result = decode(bytes.slice(0, received))
          // An `expect` costs more than what it looks at: each step has one only where something is wrong.
          if (!keepsBounds(result, received, limitBytes)) expect.fail(`${received} bytes: ${JSON.stringify(result)}`)
          if (decided !== undefined && !isDeepStrictEqual(result, decided)) expect(result).toEqual(decided)
          if (result.kind === 'decoded' || result.kind === 'malformed') decided ??= result
        }
      }),
      { numRuns: 500 },
    )
  })
})

/** Whether the figures of an answer fit the bytes that were there, and the limit. */
function keepsBounds(result: ReturnType<(typeof DECODERS)[number][1]>, received: number, limitBytes: number): boolean {
  switch (result.kind) {
    case 'decoded':
      return result.consumedBytes > 0 && result.consumedBytes <= Math.min(received, limitBytes)
    case 'malformed':
      return result.offset < Math.max(received, 1) + 1
    case 'incomplete':
      return result.atLeastBytes > received && result.atLeastBytes <= limitBytes
    default:
      return true
  }
}

describe('a message that comes a byte at a time', () => {
  // A scanner that starts over on each byte, and copies, costs the square of the length.
  it('costs no more than its bytes: text is decoded only once it is all there', () => {
    let looks = 0
    const counting = (bytes: Uint8Array) =>
      new Proxy(bytes, {
        get(target, key) {
          if (typeof key === 'string' && /^\d+$/.test(key)) looks++
          const value: unknown = Reflect.get(target, key, target)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
    const frame = encodeHandshake({ protocolVersion: 767, address: '漢'.repeat(255), port: 25565, intent: 'login' })
    for (let received = 1; received <= frame.length; received++) decodeFirst(counting(frame.subarray(0, received)))
    expect(looks).toBeGreaterThan(frame.length)
    expect(looks).toBeLessThan(frame.length * 20)
  })
})
