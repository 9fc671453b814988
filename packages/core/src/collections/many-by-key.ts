/** A power of two. */
const FIRST_SLOTS = 256

/** The place of a value under one key. Its owner keeps it, to take the value out again. */
export interface Link<Value> {
  readonly key: string
  readonly value: Value
  readonly hash: number
  previous: Link<Value> | undefined
  next: Link<Value> | undefined
}

/**
 * Values by a key that several may share: thousands of dials behind one address, or in a test with one name. Coming
 * and going costs the same however many share it; only looking goes through all that have the same hash.
 *
 * A `Map` would do, and costs more: while values come and go it makes itself anew again and again, and each table that was
 * replaced keeps its values until the old generation is collected.
 */
export class ManyByKey<Value> {
  #slots: (Link<Value> | undefined)[] = new Array(FIRST_SLOTS).fill(undefined)
  #size = 0

  /** @param hash `hashOf` the key, or of more than the key where several values are to be told apart under it */
  add(key: string, value: Value, hash: number = hashOf(key)): Link<Value> {
    if (this.#size === this.#slots.length) this.#grow()
    this.#size++
    const link: Link<Value> = { key, value, hash, previous: undefined, next: undefined }
    this.#link(link)
    return link
  }

  /** Takes out what `add` gave; once. */
  remove(link: Link<Value>): void {
    const { previous, next } = link
    if (previous === undefined) this.#slots[this.#slotOf(link)] = next
    else previous.next = next
    if (next !== undefined) next.previous = previous
    link.previous = undefined
    link.next = undefined
    this.#size--
  }

  /** The first of those with this hash and, behind it by `next`, of some with others. */
  first(hash: number): Link<Value> | undefined {
    return this.#slots[hash & (this.#slots.length - 1)]
  }

  get size(): number {
    return this.#size
  }

  #slotOf(link: Link<Value>): number {
    return link.hash & (this.#slots.length - 1)
  }

  #link(link: Link<Value>): void {
    const slot = this.#slotOf(link)
    const next = this.#slots[slot]
    link.previous = undefined
    link.next = next
    if (next !== undefined) next.previous = link
    this.#slots[slot] = link
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Array(2 * old.length).fill(undefined)
    for (const first of old) {
      for (let link = first; link !== undefined; ) {
        const { next } = link
        this.#link(link)
        link = next
      }
    }
  }
}

/**
 * FNV-1a. Who picks keys that collide makes only a search among them slower.
 *
 * @param before the hash of what stands before it, where a key has several parts
 */
export function hashOf(key: string, before = 0x811c9dc5): number {
  let hash = before
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193)
  return hash
}
