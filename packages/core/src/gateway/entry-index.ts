import type { Entry } from './entry.ts'

/** A power of two. */
const FIRST_SLOTS = 256

/** The place of an entry under one key. Its owner keeps it, to take the entry out again. */
export interface IndexLink {
  readonly key: string
  readonly entry: Entry
  readonly hash: number
  previous: IndexLink | undefined
  next: IndexLink | undefined
}

/**
 * Entries by a key that several may share: thousands behind one address, or in a test with one name. Coming and going
 * costs the same however many share it; only `find` goes through all that have the same hash.
 */
export class EntryIndex {
  #slots: (IndexLink | undefined)[] = new Array(FIRST_SLOTS).fill(undefined)
  #size = 0

  add(key: string, entry: Entry): IndexLink {
    if (this.#size === this.#slots.length) this.#grow()
    this.#size++
    const link: IndexLink = { key, entry, hash: hashOf(key), previous: undefined, next: undefined }
    this.#link(link)
    return link
  }

  /** Takes out what `add` gave; once. */
  remove(link: IndexLink): void {
    const { previous, next } = link
    if (previous === undefined) this.#slots[this.#slotOf(link)] = next
    else previous.next = next
    if (next !== undefined) next.previous = previous
    link.previous = undefined
    link.next = undefined
    this.#size--
  }

  /** A copy: who is found may be removed while one looks at it. */
  find(key: string): readonly Entry[] {
    const found: Entry[] = []
    const first = this.#slots[hashOf(key) & (this.#slots.length - 1)]
    for (let link = first; link !== undefined; link = link.next) if (link.key === key) found.push(link.entry)
    return found
  }

  #slotOf(link: IndexLink): number {
    return link.hash & (this.#slots.length - 1)
  }

  #link(link: IndexLink): void {
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

/** FNV-1a. Who picks keys that collide makes only a search among them slower. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193)
  return hash
}
