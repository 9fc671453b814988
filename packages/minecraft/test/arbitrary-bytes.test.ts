import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeEncryptionRequest,
  decodeEncryptionResponse,
  decodeFirst,
  decodeFrame,
  decodeHandshake,
  decodeLoginDisconnect,
  decodeLoginPluginRequest,
  decodeLoginPluginResponse,
  decodeLoginStart,
  decodeLoginSuccess,
  decodeSetCompression,
  decodeStatusReply,
  decodeStatusRequest,
  decodeVarInt,
  ENCRYPTION_RESPONSE_MAX_BYTES,
  encodeEncryptionRequest,
  encodeEncryptionResponse,
  encodeHandshake,
  encodeLoginPluginRequest,
  encodeLoginStart,
  encodeLoginSuccess,
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
  ['encryption request 1.7', (bytes: Uint8Array) => decodeEncryptionRequest(bytes, 5), 1024],
  ['encryption request 1.21', (bytes: Uint8Array) => decodeEncryptionRequest(bytes, 767), 1024],
  ['encryption response 1.7', (bytes: Uint8Array) => decodeEncryptionResponse(bytes, 5), ENCRYPTION_RESPONSE_MAX_BYTES],
  [
    'encryption response 1.19',
    (bytes: Uint8Array) => decodeEncryptionResponse(bytes, 759),
    ENCRYPTION_RESPONSE_MAX_BYTES,
  ],
  [
    'encryption response 1.8',
    (bytes: Uint8Array) => decodeEncryptionResponse(bytes, 47),
    ENCRYPTION_RESPONSE_MAX_BYTES,
  ],
  ['login success 1.8', (bytes: Uint8Array) => decodeLoginSuccess(bytes, 47, 300), 300],
  ['login success 1.20.4', (bytes: Uint8Array) => decodeLoginSuccess(bytes, 765, 300), 300],
  ['set compression', decodeSetCompression, 13],
  ['login plugin request', (bytes: Uint8Array) => decodeLoginPluginRequest(bytes, 300), 300],
  ['login plugin response', (bytes: Uint8Array) => decodeLoginPluginResponse(bytes, 300), 300],
  ['frame', (bytes: Uint8Array) => decodeFrame(bytes, 300), 300],
  ['VarInt', (bytes: Uint8Array) => decodeVarInt(bytes), 5],
] as const

const UUID = '069a79f4-44e9-4726-a5be-fca90e38aaf5'
const ENCRYPTED = { kind: 'encrypted', encryptedToken: new Uint8Array(9) } as const
const SIGNED = { kind: 'signed', salt: new Uint8Array(8), signature: new Uint8Array(9) } as const

/** Noise, and messages that are right but for a byte or their end: noise alone hardly gets past the first field. */
const bytesOfAnyKind: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc.tuple(fc.nat(4), fc.uint8Array({ maxLength: 40 })).map(([packetId, fields]) => encodePacket(packetId, fields)),
  fc
    .tuple(
      fc.constantFrom(
        encodeHandshake({ protocolVersion: 767, address: 'a.example.com\0FML3\0', port: 25565, intent: 'login' }),
        encodeLoginStart('Alex', 767),
        encodeLoginStart('Alex', 760, '069a79f4-44e9-4726-a5be-fca90e38aaf5'),
        encodeEncryptionRequest({ publicKey: new Uint8Array(20), verifyToken: new Uint8Array(4) }, 767),
        encodeEncryptionRequest({ publicKey: new Uint8Array(20), verifyToken: new Uint8Array(4) }, 5),
        encodeEncryptionResponse({ encryptedSecret: new Uint8Array(20), proof: ENCRYPTED }, 47),
        encodeEncryptionResponse({ encryptedSecret: new Uint8Array(20), proof: SIGNED }, 759),
        encodeLoginSuccess({ uuid: UUID, name: 'Alex', properties: [{ name: 'a', value: 'b', signature: 'c' }] }, 765),
        encodeLoginSuccess({ uuid: UUID, name: 'Alex', properties: [] }, 47),
        encodeLoginPluginRequest({ messageId: -3, channel: 'velocity:player_info', data: Uint8Array.of(4) }),
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
