import { randomFillSync } from 'node:crypto'
import { maskWords } from '@infrarust/proxy-protocol'
import { readAddress } from '../addresses/address-words.ts'
import type { ClientPrefixes } from '../addresses/client-key.ts'
import { HalfSipHash, type HashKey } from './half-sip-hash.ts'

/** What stands for a client in tables that must be small: a 64-bit hash of its address up to the prefix. */
export class ClientHash {
  readonly #hash: HalfSipHash
  readonly #address: Uint32Array = new Uint32Array(4)

  /** @param key random for each process but in tests */
  constructor(key: HashKey = randomKey()) {
    this.#hash = new HalfSipHash(key)
  }

  /**
   * @param address canonical
   * @param scope   clients in two scopes are counted apart: the id of a server, or nothing
   * @returns two words that the next call overwrites
   */
  of(address: string, prefixes: ClientPrefixes, scope: string): Uint32Array {
    const words = this.#address
    // What is no address cannot come from a transport; all of that is one client.
    const family = readAddress(address, words)
    if (family === undefined) words.fill(0)
    else maskWords(words, family === 'ipv4' ? 96 + prefixes.ipv4 : prefixes.ipv6)
    return this.#hash.hash(scope === '' ? words : scoped(words, scope))
  }
}

function* scoped(words: Uint32Array, scope: string): Generator<number> {
  yield* words
  for (let index = 0; index < scope.length; index++) yield scope.charCodeAt(index)
}

function randomKey(): HashKey {
  const [k0 = 0, k1 = 0] = randomFillSync(new Uint32Array(2))
  return { k0, k1 }
}
