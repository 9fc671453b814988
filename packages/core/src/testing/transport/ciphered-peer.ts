import { Buffer } from 'node:buffer'
import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { Peer } from './peer.ts'

const ALGORITHM = 'aes-128-cfb8'

/** A client that has begun to cipher: OpenSSL, by way of Node, is what transports are held against. */
export class CipheredPeer {
  readonly peer: Peer
  readonly #key: Uint8Array
  readonly #encipher: ReturnType<typeof createCipheriv>
  readonly #plainBytes: number

  /** @param plainBytes how many bytes it gets before those that are ciphered */
  constructor(peer: Peer, key: Uint8Array, plainBytes = 0) {
    this.peer = peer
    this.#key = key
    this.#plainBytes = plainBytes
    this.#encipher = createCipheriv(ALGORITHM, key, key)
  }

  /** What to send for this; each piece behind the one before. */
  encrypt(plain: string | Uint8Array): Buffer {
    return this.#encipher.update(typeof plain === 'string' ? Buffer.from(plain, 'latin1') : plain)
  }

  send(plain: string | Uint8Array): void {
    this.peer.send(this.encrypt(plain))
  }

  /** All that it got and deciphered, with what was plain before it. */
  get received(): Buffer {
    const { received } = this.peer
    const decipher = createDecipheriv(ALGORITHM, this.#key, this.#key)
    const plain = received.subarray(0, this.#plainBytes)
    return Buffer.concat([plain, decipher.update(received.subarray(this.#plainBytes))])
  }

  get text(): string {
    return this.received.toString('latin1')
  }

  /** Waits for so many bytes. @returns what they say */
  async textOf(bytes: number): Promise<string> {
    await this.peer.untilBytes(bytes)
    return this.text
  }
}
