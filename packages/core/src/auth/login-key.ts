import { constants, generateKeyPair, type KeyObject, privateDecrypt, publicEncrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

/** What every client knows how to use; a longer key costs six times as much and nobody would gain by it. */
const KEY_BITS = 1024
const BLOCK_BYTES = KEY_BITS / 8
/** Of an AES-128 key, which is what the secret is for. */
const SECRET_BYTES = 16

/** What a client has encrypted with our public key. */
export interface EncryptedAnswer {
  readonly secret: Uint8Array
  readonly token: Uint8Array
}

/**
 * The RSA key by which clients tell us the secret of their connection. It lives as long as the process, and never on a
 * disk: whoever had it could read what was recorded before.
 */
export class LoginKey {
  /** SubjectPublicKeyInfo as DER, 162 bytes: what an Encryption Request carries. */
  readonly publicKey: Uint8Array
  readonly #privateKey: KeyObject

  private constructor(publicKey: Uint8Array, privateKey: KeyObject) {
    this.publicKey = publicKey
    this.#privateKey = privateKey
  }

  /**
   * Makes one, beside everything else.
   *
   * @throws Error in plain words where this Node cannot undo the padding that the game uses
   */
  static async make(): Promise<LoginKey> {
    const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: KEY_BITS })
    const key = new LoginKey(publicKey.export({ type: 'spki', format: 'der' }), privateKey)
    const sample = new Uint8Array(SECRET_BYTES).fill(7)
    const padded = { key: publicKey, padding: constants.RSA_PKCS1_PADDING }
    const secret = key.open({ secret: publicEncrypt(padded, sample), token: publicEncrypt(padded, sample) }, sample)
    if (secret === undefined || !timingSafeEqual(secret, sample)) throw new Error(CANNOT)
    return key
  }

  /**
   * Opens a client's answer: first the token that it was sent, so that a wrong one costs no second decryption.
   *
   * Whatever is wrong looks the same from outside: a peer who could tell a bad padding from a bad token could decrypt with
   * this key, question by question.
   *
   * @returns the shared secret, 16 bytes; undefined where anything is not as it should be
   */
  open({ secret, token }: EncryptedAnswer, sentToken: Uint8Array): Uint8Array | undefined {
    const shown = this.#decrypt(token)
    if (shown?.length !== sentToken.length || !timingSafeEqual(shown, sentToken)) return undefined
    return this.openSecret(secret)
  }

  /** The secret alone, for who has shown in another way which request it answers. */
  openSecret(secret: Uint8Array): Uint8Array | undefined {
    const opened = this.#decrypt(secret)
    return opened?.length === SECRET_BYTES ? opened : undefined
  }

  #decrypt(block: Uint8Array): Uint8Array | undefined {
    if (block.length !== BLOCK_BYTES) return undefined
    try {
      return privateDecrypt({ key: this.#privateKey, padding: constants.RSA_PKCS1_PADDING }, block)
    } catch {
      // Not a number below the modulus, or a Node that refuses this padding; `make` has told the two apart.
      return undefined
    }
  }
}

const CANNOT =
  `this Node (${process.version}, OpenSSL ${process.versions.openssl}) cannot decrypt RSA with PKCS #1 v1.5 padding, which ` +
  'every Minecraft client uses: take the Node that comes with the program, or one of version 24 and up with its own OpenSSL'
