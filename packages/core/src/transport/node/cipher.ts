import type { Buffer } from 'node:buffer'
import type { Cipheriv, Decipheriv } from 'node:crypto'

/** AES-128-CFB8 both ways, as the login of the game asks for it: the key is the initialisation vector too. */
export class StreamCipher {
  readonly #encipher: Cipheriv
  readonly #decipher: Decipheriv

  /** @param key CIPHER_KEY_BYTES; OpenSSL keeps copies of its own, which go with this object */
  constructor(key: Uint8Array) {
    // Most proxies never need it, and an import would load it for all of them.
    const { createCipheriv, createDecipheriv } = process.getBuiltinModule('node:crypto')
    this.#encipher = createCipheriv('aes-128-cfb8', key, key)
    this.#decipher = createDecipheriv('aes-128-cfb8', key, key)
  }

  encrypt(bytes: Uint8Array): Buffer {
    return this.#encipher.update(bytes)
  }

  decrypt(bytes: Uint8Array): Buffer {
    return this.#decipher.update(bytes)
  }
}
