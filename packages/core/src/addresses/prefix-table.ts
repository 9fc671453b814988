import { type AddressWords, type Cidr, maskWords } from '@infrarust/proxy-protocol'
import { type Family, readAddress } from './address-words.ts'

/**
 * Networks with a value each; a look-up gives the value of the longest prefix that holds the address.
 *
 * Nested networks are flattened once into disjoint ranges, and a look-up is a binary search over their first addresses:
 * seventeen comparisons for 100,000 networks, no allocation, 24 bytes a range. Unchangeable: a changed list is a new
 * table.
 */
export class PrefixTable<Value> {
  readonly #ranges: Readonly<Record<Family, Ranges<Value>>>
  readonly #isEmpty: boolean
  readonly #words: AddressWords = new Uint32Array(4)

  /** Of two entries for the same network the first counts. */
  constructor(entries: Iterable<readonly [Cidr, Value]>) {
    const networks: Record<Family, Network<Value>[]> = { ipv4: [], ipv6: [] }
    for (const [cidr, value] of entries) {
      const first = new Uint32Array(4)
      if (readAddress(cidr.address, first) !== cidr.family) continue
      const bits = cidr.family === 'ipv4' ? cidr.prefix + 96 : cidr.prefix
      maskWords(first, bits)
      networks[cidr.family].push({ first, order: orderOf(first, cidr.family), bits, value })
    }
    this.#isEmpty = networks.ipv4.length + networks.ipv6.length === 0
    this.#ranges = { ipv4: flatten(networks.ipv4), ipv6: flatten(networks.ipv6) }
  }

  /** @param address text of an address; one that is none is in no network */
  find(address: string): Value | undefined {
    if (this.#isEmpty) return undefined
    const family = readAddress(address, this.#words)
    return family === undefined ? undefined : this.#ranges[family].find(this.#words)
  }

  has(address: string): boolean {
    return this.find(address) !== undefined
  }
}

/** A table for mere membership; what it finds is the network that holds the address, for the log. */
export function prefixSet(cidrs: Iterable<Cidr>): PrefixTable<Cidr> {
  return new PrefixTable(pairs(cidrs))
}

function* pairs(cidrs: Iterable<Cidr>): Generator<readonly [Cidr, Cidr]> {
  for (const cidr of cidrs) yield [cidr, cidr]
}

interface Network<Value> {
  readonly first: AddressWords
  /** As much of `first` as one number holds exactly: nearly all comparisons of the sort end here. */
  readonly order: number
  /** Length of the prefix, of 128. */
  readonly bits: number
  readonly value: Value
}

/** Disjoint ranges side by side: each reaches from its first address to the one before the next range's. */
class Ranges<Value> {
  /** Four words a range. */
  readonly #firsts: Uint32Array
  readonly #values: readonly (Value | undefined)[]

  constructor(firsts: Uint32Array, values: readonly (Value | undefined)[]) {
    this.#firsts = firsts
    this.#values = values
  }

  find(words: AddressWords): Value | undefined {
    let low = 0
    let high = this.#values.length
    // The last range that begins at or before the address: all below `low` do, none from `high` on does.
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#beginsAfter(middle * 4, words)) high = middle
      else low = middle + 1
    }
    return low === 0 ? undefined : this.#values[low - 1]
  }

  #beginsAfter(at: number, words: AddressWords): boolean {
    for (let index = 0; index < 4; index++) {
      const first = this.#firsts[at + index] ?? 0
      const word = words[index] ?? 0
      if (first !== word) return first > word
    }
    return false
  }
}

/** Walks the networks in order of address, outer before inner, with a stack of those that are still open. */
function flatten<Value>(networks: Network<Value>[]): Ranges<Value> {
  networks.sort((a, b) => a.order - b.order || compareWords(a.first, b.first) || a.bits - b.bits)
  // A network makes two ranges at most: its own, and the rest of the outer one behind it.
  const firsts = new Uint32Array(networks.length * 8)
  const values: (Value | undefined)[] = []
  const open: { readonly bits: number; readonly value: Value; readonly end: AddressWords | undefined }[] = []

  const begin = (first: AddressWords, value: Value | undefined) => {
    const last = values.length - 1
    if (last >= 0 && isAt(firsts, last * 4, first)) values[last] = value
    else {
      firsts.set(first, values.length * 4)
      values.push(value)
    }
  }
  const closeUntil = (first: AddressWords | undefined) => {
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      if (top.end === undefined || (first !== undefined && compareWords(top.end, first) > 0)) return
      open.pop()
      begin(top.end, open.at(-1)?.value)
    }
  }

  let previous: Network<Value> | undefined
  for (const network of networks) {
    const isRepeated =
      previous !== undefined && previous.bits === network.bits && compareWords(previous.first, network.first) === 0
    previous = network
    if (isRepeated) continue
    closeUntil(network.first)
    begin(network.first, network.value)
    open.push({ bits: network.bits, value: network.value, end: behind(network.first, network.bits) })
  }
  closeUntil(undefined)
  return new Ranges(firsts.slice(0, values.length * 4), values)
}

function orderOf(first: AddressWords, family: Family): number {
  return family === 'ipv4' ? (first[3] ?? 0) : (first[0] ?? 0) * 2 ** 20 + ((first[1] ?? 0) >>> 12)
}

/** The first address behind a network; undefined behind the last one of all. */
function behind(first: AddressWords, bits: number): AddressWords | undefined {
  const end = Uint32Array.from(first)
  let carry = bits > 0
  for (let index = (bits - 1) >> 5, step = 2 ** ((128 - bits) % 32); carry && index >= 0; index--, step = 1) {
    const sum = (end[index] ?? 0) + step
    end[index] = sum
    carry = sum > 0xffffffff
  }
  return bits === 0 || carry ? undefined : end
}

function compareWords(a: AddressWords, b: AddressWords): number {
  for (let index = 0; index < 4; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function isAt(firsts: Uint32Array, at: number, words: AddressWords): boolean {
  for (let index = 0; index < 4; index++) if (firsts[at + index] !== words[index]) return false
  return true
}
