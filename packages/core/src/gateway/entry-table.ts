import type { ConnectionId } from '../transport/contract.ts'
import type { Entry } from './entry.ts'

/** A power of two. */
const FIRST_SLOTS = 256
/** Below this an id is its own slot; above it a transport with threads puts the thread and a generation. */
const SERIAL_IDS = 2 ** 20

/**
 * The entries by the id of their connection, chained where ids share a slot; the links are in the entries.
 *
 * Not a `Map`: one whose keys come and go is copied again and again, each copy is held by the one before it, and once
 * the collector has called one of them old, all that they hold survives until the next full collection.
 */
export class EntryTable {
  #slots: (Entry | undefined)[] = new Array(FIRST_SLOTS).fill(undefined)
  #size = 0

  get size(): number {
    return this.#size
  }

  get(id: ConnectionId): Entry | undefined {
    let entry = this.#slots[this.#slotOf(id)]
    while (entry !== undefined && entry.connection.id !== id) entry = entry.nextInSlot
    return entry
  }

  add(entry: Entry): void {
    if (this.#size === this.#slots.length) this.#grow()
    this.#size++
    this.#link(entry)
  }

  /** Does nothing for one that is not there. */
  delete(entry: Entry): void {
    const slot = this.#slotOf(entry.connection.id)
    let before: Entry | undefined
    let found = this.#slots[slot]
    while (found !== undefined && found !== entry) {
      before = found
      found = found.nextInSlot
    }
    if (found === undefined) return
    if (before === undefined) this.#slots[slot] = entry.nextInSlot
    else before.nextInSlot = entry.nextInSlot
    entry.nextInSlot = undefined
    this.#size--
  }

  /** All of them, in the order of their accept; a copy: who is found may be removed while one looks at it. */
  list(): Entry[] {
    const all: Entry[] = []
    for (const first of this.#slots)
      for (let entry = first; entry !== undefined; entry = entry.nextInSlot) all.push(entry)
    return all.sort(byAccept)
  }

  #slotOf(id: ConnectionId): number {
    return (id ^ (id / SERIAL_IDS)) & (this.#slots.length - 1)
  }

  #link(entry: Entry): void {
    const slot = this.#slotOf(entry.connection.id)
    entry.nextInSlot = this.#slots[slot]
    this.#slots[slot] = entry
  }

  #grow(): void {
    const entries = this.list()
    this.#slots = new Array(2 * this.#slots.length).fill(undefined)
    for (const entry of entries) this.#link(entry)
  }
}

function byAccept({ connection: a }: Entry, { connection: b }: Entry): number {
  return a.acceptedAt - b.acceptedAt || a.id - b.id
}
