/** The secret of one process: without it nobody can choose addresses whose hashes meet. */
export interface HashKey {
  readonly k0: number
  readonly k1: number
}

/**
 * HalfSipHash-2-4 with 64 bits of output over 32-bit words, into `out`: the low half, then the high one. A keyed hash,
 * because clients choose their addresses: with one that they can compute, a few thousand of them would fall into one place
 * of a table and make each look-up a walk.
 *
 * @see Aumasson, Bernstein: SipHash, and the reference implementation `halfsiphash.c`
 */
export class HalfSipHash {
  readonly out: Uint32Array = new Uint32Array(2)
  readonly #key: HashKey
  #v0 = 0
  #v1 = 0
  #v2 = 0
  #v3 = 0

  constructor(key: HashKey) {
    this.#key = key
  }

  /** @param words read as little-endian bytes */
  hash(words: Iterable<number>): Uint32Array {
    const { k0, k1 } = this.#key
    this.#v0 = k0
    this.#v1 = k1 ^ 0xee
    this.#v2 = 0x6c796765 ^ k0
    this.#v3 = 0x74656462 ^ k1
    let count = 0
    for (const word of words) {
      this.#take(word)
      count++
    }
    this.#take((count * 4) << 24)
    this.#v2 ^= 0xee
    this.#rounds(4)
    this.out[0] = this.#v1 ^ this.#v3
    this.#v1 ^= 0xdd
    this.#rounds(4)
    this.out[1] = this.#v1 ^ this.#v3
    return this.out
  }

  #take(word: number): void {
    this.#v3 ^= word
    this.#rounds(2)
    this.#v0 ^= word
  }

  #rounds(count: number): void {
    let v0 = this.#v0
    let v1 = this.#v1
    let v2 = this.#v2
    let v3 = this.#v3
    for (let round = 0; round < count; round++) {
      v0 = (v0 + v1) | 0
      v1 = rotateLeft(v1, 5) ^ v0
      v0 = rotateLeft(v0, 16)
      v2 = (v2 + v3) | 0
      v3 = rotateLeft(v3, 8) ^ v2
      v0 = (v0 + v3) | 0
      v3 = rotateLeft(v3, 7) ^ v0
      v2 = (v2 + v1) | 0
      v1 = rotateLeft(v1, 13) ^ v2
      v2 = rotateLeft(v2, 16)
    }
    this.#v0 = v0
    this.#v1 = v1
    this.#v2 = v2
    this.#v3 = v3
  }
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}
