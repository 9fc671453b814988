import type { ConnectionId } from './contract.ts'

/** A power of two. */
const FIRST_SLOTS = 64
/** No id is negative. */
const FREE = -1
/** Below this an id is a number or a slot; above it a transport with threads puts the thread and a generation. */
const DENSE_IDS = 2 ** 20
/** 2³² divided by the golden ratio, made odd: a multiple of it is far from the next one. */
const SCATTER = 0x9e3779b1

/**
 * What somebody knows about connections, by their ids. A table with open addressing; it grows and does not shrink.
 *
 * Not a `Map`: one whose keys come and go is copied again and again, each copy is held by the one before it, and once
 * the collector has called one of them old, all that they hold survives until the next full collection. `pnpm bench` has
 * what that costs.
 */
export class ConnectionMap<Value> {
  #ids = new Float64Array(FIRST_SLOTS).fill(FREE)
  #values: (Value | undefined)[] = new Array(FIRST_SLOTS).fill(undefined)
  #size = 0

  get size(): number {
    return this.#size
  }

  get(id: ConnectionId): Value | undefined {
    return this.#values[this.#find(id)]
  }

  set(id: ConnectionId, value: Value): void {
    let at = this.#find(id)
    if (this.#ids[at] === FREE) {
      // Half of it stays free, so that a search is short.
      if (2 * this.#size >= this.#ids.length) {
        this.#grow()
        at = this.#find(id)
      }
      this.#size++
      this.#ids[at] = id
    }
    this.#values[at] = value
  }

  /** Does nothing for one that is not there. */
  delete(id: ConnectionId): void {
    if (this.#size === 0) return
    let free = this.#find(id)
    if (this.#ids[free] === FREE) return
    this.#size--
    // Those behind it that would no longer be found move up.
    const last = this.#ids.length - 1
    for (let at = (free + 1) & last; this.#ids[at] !== FREE; at = (at + 1) & last) {
      const moved = this.#ids[at] ?? FREE
      if (((at - this.#slotOf(moved)) & last) < ((at - free) & last)) continue
      this.#ids[free] = moved
      this.#values[free] = this.#values[at]
      free = at
    }
    this.#ids[free] = FREE
    this.#values[free] = undefined
  }

  /** A copy, in no order: who is found may be removed while one looks at it. */
  values(): Value[] {
    return this.#values.filter((value) => value !== undefined)
  }

  /**
   * Ids come one behind the other. Side by side they would be one long run, and to take one out would be to look at all
   * behind it: 5 µs with 2,000 connections.
   */
  #slotOf(id: ConnectionId): number {
    return (Math.imul(id ^ (id / DENSE_IDS), SCATTER) >>> 8) & (this.#ids.length - 1)
  }

  /** Where it is, or the free slot where it would be. */
  #find(id: ConnectionId): number {
    const ids = this.#ids
    let at = this.#slotOf(id)
    while (ids[at] !== id && ids[at] !== FREE) at = (at + 1) & (ids.length - 1)
    return at
  }

  #grow(): void {
    const ids = this.#ids
    const values = this.#values
    this.#ids = new Float64Array(2 * ids.length).fill(FREE)
    this.#values = new Array(2 * ids.length).fill(undefined)
    ids.forEach((id, from) => {
      if (id === FREE) return
      const at = this.#find(id)
      this.#ids[at] = id
      this.#values[at] = values[from]
    })
  }
}
