import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeEncryptionRequest,
  decodeEncryptionResponse,
  ENCRYPTION_RESPONSE_MAX_BYTES,
  encodeEncryptionRequest,
  encodeEncryptionResponse,
  PROTOCOL_VERSIONS,
  type TokenProof,
} from '../src/index.ts'
import { feed, feedRefused } from './feed.ts'
import { hex, toHex } from './hex.ts'

const SNAPSHOT = 0x40000000 | 300
const ANY_VERSION = [...PROTOCOL_VERSIONS, SNAPSHOT, 5000, 0, -1]

describe('an Encryption Request', () => {
  const publicKey = hex('30aabb')
  const verifyToken = hex('01020304')

  it.each([
    ['1.7.2', 4, '0d 01 00 0003 30aabb 0004 01020304'],
    ['1.7.10', 5, '0d 01 00 0003 30aabb 0004 01020304'],
    ['1.8', 47, '0b 01 00 03 30aabb 04 01020304'],
    ['1.19', 759, '0b 01 00 03 30aabb 04 01020304'],
    ['1.20.4', 765, '0b 01 00 03 30aabb 04 01020304'],
    ['1.20.5', 766, '0c 01 00 03 30aabb 04 01020304 01'],
    ['26.3', 777, '0c 01 00 03 30aabb 04 01020304 01'],
    ['a later version', 5000, '0c 01 00 03 30aabb 04 01020304 01'],
    ['a snapshot', SNAPSHOT, '0c 01 00 03 30aabb 04 01020304 01'],
  ])('has the layout of %s', (_, protocolVersion, digits) => {
    expect(encodeEncryptionRequest({ publicKey, verifyToken }, protocolVersion)).toEqual(hex(digits))
    const result = feed((bytes) => decodeEncryptionRequest(bytes, protocolVersion), hex(digits))
    const value = { kind: 'encryption-request', serverId: '', publicKey, verifyToken, shouldAuthenticate: true }
    expect(result).toMatchObject({ value })
  })

  it('asks for encryption alone where the client can be told', () => {
    const encode = (protocolVersion: number) =>
      toHex(encodeEncryptionRequest({ publicKey, verifyToken, shouldAuthenticate: false }, protocolVersion))
    expect(encode(766)).toBe('0c010003 30aabb04 0102030400'.replaceAll(' ', ''))
    expect(encode(765)).toBe('0b010003 30aabb04 01020304'.replaceAll(' ', ''))
    expect(decodeEncryptionRequest(hex(encode(766)), 766)).toMatchObject({ value: { shouldAuthenticate: false } })
  })

  it.each([
    ['another packet', 47, '05 00 00 00 00 00', 'packet-id', 1],
    ['a key of negative length', 47, '08 01 00 ffffffff0f 00', 'array-length', 3],
    ['a key of negative length in 1.7', 5, '07 01 00 ffff 0000 00', 'array-length', 3],
    ['a longer key than any', 47, '06 01 00 e907 00 00', 'array-length', 3],
    ['a key past the end', 47, '05 01 00 20 00 00', 'past-end', 4],
    ['no flag', 766, '0b 01 00 03 30aabb 04 01020304', 'past-end', 12],
    ['a flag too early', 765, '0c 01 00 03 30aabb 04 01020304 01', 'trailing-bytes', 12],
    ['more than a request', 47, '8110 01', 'frame-too-long', 0],
  ])('is refused: %s', (_, protocolVersion, digits, code, offset) => {
    const { refusal } = feedRefused((bytes) => decodeEncryptionRequest(bytes, protocolVersion), hex(digits))
    expect(refusal).toEqual({ kind: 'malformed', code, offset })
  })

  it('is in circles the same', () => {
    const anyRequest = fc.record({
      serverId: fc.string({ maxLength: 20 }),
      publicKey: fc.uint8Array({ maxLength: 600 }),
      verifyToken: fc.uint8Array({ maxLength: 256 }),
    })
    fc.assert(
      fc.property(anyRequest, fc.constantFrom(...ANY_VERSION), (request, protocolVersion) => {
        const result = decodeEncryptionRequest(encodeEncryptionRequest(request, protocolVersion), protocolVersion)
        expect(result).toMatchObject({ kind: 'decoded', value: request })
      }),
    )
    const request = { publicKey, verifyToken }
    expect(() => encodeEncryptionRequest({ ...request, publicKey: new Uint8Array(601) }, 47)).toThrow(
      /public key of 601/,
    )
    expect(() => encodeEncryptionRequest({ ...request, serverId: 'x'.repeat(21) }, 47)).toThrow(/server id of 21/)
  })
})

describe('an Encryption Response', () => {
  const encryptedSecret = hex('5ec0')
  const encrypted: TokenProof = { kind: 'encrypted', encryptedToken: hex('70ce4e') }
  const signed: TokenProof = { kind: 'signed', salt: hex('0102030405060708'), signature: hex('516e00') }

  it.each<[string, number, TokenProof, string]>([
    ['1.7.2', 4, encrypted, '0a 01 0002 5ec0 0003 70ce4e'],
    ['1.7.10', 5, encrypted, '0a 01 0002 5ec0 0003 70ce4e'],
    ['1.8', 47, encrypted, '08 01 02 5ec0 03 70ce4e'],
    ['1.18.2', 758, encrypted, '08 01 02 5ec0 03 70ce4e'],
    ['1.19 without a key', 759, encrypted, '09 01 02 5ec0 01 03 70ce4e'],
    ['1.19 with a key', 759, signed, '11 01 02 5ec0 00 0102030405060708 03 516e00'],
    ['1.19.2 without a key', 760, encrypted, '09 01 02 5ec0 01 03 70ce4e'],
    ['1.19.2 with a key', 760, signed, '11 01 02 5ec0 00 0102030405060708 03 516e00'],
    ['1.19.3', 761, encrypted, '08 01 02 5ec0 03 70ce4e'],
    ['26.3', 777, encrypted, '08 01 02 5ec0 03 70ce4e'],
    ['a snapshot', SNAPSHOT, encrypted, '08 01 02 5ec0 03 70ce4e'],
  ])('has the layout of %s', (_, protocolVersion, proof, digits) => {
    expect(encodeEncryptionResponse({ encryptedSecret, proof }, protocolVersion)).toEqual(hex(digits))
    const result = feed((bytes) => decodeEncryptionResponse(bytes, protocolVersion), hex(digits))
    expect(result).toMatchObject({ value: { kind: 'encryption-response', encryptedSecret, proof } })
  })

  it('of a vanilla client fits: blocks of 128 bytes, a signature of 256', () => {
    const block = new Uint8Array(128).fill(0xee)
    const answer = { encryptedSecret: block, proof: { kind: 'encrypted', encryptedToken: block } } as const
    const signature = new Uint8Array(256)
    const signedAnswer = { encryptedSecret: block, proof: { ...signed, signature } } as const
    expect(encodeEncryptionResponse(answer, 47).length).toBe(2 + 261)
    expect(encodeEncryptionResponse(signedAnswer, 760).length).toBe(2 + 398)
    feed((bytes) => decodeEncryptionResponse(bytes, 47), encodeEncryptionResponse(answer, 47))
    feed((bytes) => decodeEncryptionResponse(bytes, 760), encodeEncryptionResponse(signedAnswer, 760))
  })

  it('leaves what follows, which is ciphertext', () => {
    const frame = encodeEncryptionResponse({ encryptedSecret, proof: encrypted }, 767)
    const result = decodeEncryptionResponse(hex(toHex(frame), 'deadbeef'), 767)
    expect(result).toMatchObject({ kind: 'decoded', consumedBytes: frame.length })
  })

  // A length of two bytes announces 32 KiB and one of five 2 GiB, and nobody holds a key that long.
  it.each([
    ['a frame of 601 bytes', 47, 'd704', 'frame-too-long', 0, 2],
    ['a frame of 2 MiB', 47, 'ffff7f', 'frame-too-long', 0, 3],
    ['another packet', 47, '8202 02', 'packet-id', 2, 3],
    ['a secret of 129 bytes', 47, '8202 01 8101', 'array-length', 3, 5],
    ['a secret of 129 bytes in 1.7', 5, '8202 01 0081', 'array-length', 3, 5],
    ['a secret of 2 GiB', 47, '8202 01 ffffffff07', 'array-length', 3, 8],
    ['a secret of negative length', 47, '8202 01 ffffffff0f', 'array-length', 3, 8],
    ['a secret of negative length in 1.7', 5, '8202 01 ffff', 'array-length', 3, 5],
    ['a token of 257 bytes', 47, '8404 01 00 8102', 'array-length', 4, 6],
    ['a token of 257 bytes in 1.19', 759, '8404 01 00 01 8102', 'array-length', 5, 7],
    ['a signature of 257 bytes', 760, '8404 01 00 00 0000000000000000 8102', 'array-length', 13, 15],
    ['a salt past the end', 760, '05 01 00 00 0000', 'past-end', 4, 4],
    ['a token past the end', 47, '04 01 00 05 00', 'past-end', 4, 4],
    ['more than it says', 47, '04 01 00 00 00', 'trailing-bytes', 4, 4],
  ])('is refused before its bytes have come: %s', (_, protocolVersion, digits, code, offset, after) => {
    const { refusal, afterBytes } = feedRefused(
      (bytes) => decodeEncryptionResponse(bytes, protocolVersion),
      hex(digits),
    )
    expect(refusal).toEqual({ kind: 'malformed', code, offset })
    expect(afterBytes).toBe(after)
    expect(ENCRYPTION_RESPONSE_MAX_BYTES).toBe(600)
  })

  it('is in circles the same', () => {
    const bytes = (maxLength: number) => fc.uint8Array({ maxLength })
    const anyProof = fc.oneof(
      fc.record({ kind: fc.constant('encrypted' as const), encryptedToken: bytes(256) }),
      fc.record({
        kind: fc.constant('signed' as const),
        salt: fc.uint8Array({ minLength: 8, maxLength: 8 }),
        signature: bytes(256),
      }),
    )
    fc.assert(
      fc.property(bytes(128), anyProof, fc.constantFrom(...ANY_VERSION), (secret, proof, version) => {
        const protocolVersion = proof.kind === 'signed' ? 759 + (Math.abs(version) % 2) : version
        const frame = encodeEncryptionResponse({ encryptedSecret: secret, proof }, protocolVersion)
        const value = { encryptedSecret: secret, proof }
        expect(decodeEncryptionResponse(frame, protocolVersion)).toMatchObject({ kind: 'decoded', value })
      }),
    )
  })

  it('cannot be signed in a version that does not know it, nor with another salt', () => {
    expect(() => encodeEncryptionResponse({ encryptedSecret, proof: signed }, 761)).toThrow(/signed token .* 761/)
    const proof = { ...signed, salt: hex('00') }
    expect(() => encodeEncryptionResponse({ encryptedSecret, proof }, 760)).toThrow(/salt of 1 bytes/)
    const long = { encryptedSecret: new Uint8Array(129), proof: encrypted }
    expect(() => encodeEncryptionResponse(long, 47)).toThrow(/encrypted secret of 129/)
  })
})
