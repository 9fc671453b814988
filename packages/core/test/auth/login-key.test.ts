import { constants, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { LoginKey } from '../../src/auth/login-key.ts'

const TOKEN = Uint8Array.of(1, 2, 3, 4)
const SECRET = randomBytes(16)

describe('the key of logins', () => {
  let key: LoginKey
  beforeAll(async () => {
    key = await LoginKey.make()
  })

  /** As a client does, which gets the key as DER. */
  function encrypted(bytes: Uint8Array, padding = constants.RSA_PKCS1_PADDING): Uint8Array {
    const publicKey = createPublicKey({ key: Buffer.from(key.publicKey), type: 'spki', format: 'der' })
    return publicEncrypt({ key: publicKey, padding }, bytes)
  }

  it('has 162 bytes as it is sent', () => {
    expect(key.publicKey).toHaveLength(162)
  })

  it('opens what a client has encrypted', () => {
    expect(key.open({ secret: encrypted(SECRET), token: encrypted(TOKEN) }, TOKEN)).toEqual(SECRET)
  })

  it.each([
    ['another token', () => ({ secret: encrypted(SECRET), token: encrypted(Uint8Array.of(1, 2, 3, 5)) })],
    ['a longer token', () => ({ secret: encrypted(SECRET), token: encrypted(Uint8Array.of(1, 2, 3, 4, 0)) })],
    ['no token', () => ({ secret: encrypted(SECRET), token: new Uint8Array() })],
    ['a secret of 15 bytes', () => ({ secret: encrypted(SECRET.subarray(1)), token: encrypted(TOKEN) })],
    ['a secret of 32 bytes', () => ({ secret: encrypted(randomBytes(32)), token: encrypted(TOKEN) })],
    ['an empty secret', () => ({ secret: new Uint8Array(), token: encrypted(TOKEN) })],
    ['a block that is too long', () => ({ secret: new Uint8Array(129), token: encrypted(TOKEN) })],
    ['a block above the modulus', () => ({ secret: new Uint8Array(128).fill(255), token: encrypted(TOKEN) })],
    ['random blocks', () => ({ secret: randomBytes(128), token: randomBytes(128) })],
    [
      // OpenSSL makes a text of random length out of such a block: one secret in a hundred has its 16 bytes, and no token its own.
      'another padding',
      () => ({ secret: encrypted(SECRET), token: encrypted(TOKEN, constants.RSA_PKCS1_OAEP_PADDING) }),
    ],
    ['what is not encrypted', () => ({ secret: SECRET, token: TOKEN })],
  ])('gives nothing for %s', (_, answer) => {
    expect(key.open(answer(), TOKEN)).toBeUndefined()
  })
})
