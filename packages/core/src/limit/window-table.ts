/**
 * How often each client came in its present window, for any number of clients in bounded memory.
 *
 * A client's window begins with the first time that is counted and lasts as long as the caller says; what is refused is not
 * counted. Entries of 16 bytes (a 64-bit keyed hash of the client, the window's beginning, the count) lie in two
 * generations of open addressing. Nothing is ever taken out of a generation: after the longest window in use, the younger
 * one becomes the older one, and the older one goes as a whole.
 *
 * At the bound, a younger generation that is full takes the older one's place before its time. Clients that were only in
 * that one begin a new window: those who came longest ago get their budget back early, and nobody is refused for want of
 * room. Whoever brings a million addresses to achieve that has a budget for each of them anyway.
 */
export class WindowTable {
  readonly #maxSlots: number
  #younger: Generation
  #older: Generation
  /** When the younger generation began. */
  #since = 0
  /** The longest window asked for in each generation's time: entries must outlive it. */
  #longestMs = 0
  #longestBeforeMs = 0

  /** @param maxSlots of one generation; a power of two */
  constructor(maxSlots: number = MAX_SLOTS) {
    this.#maxSlots = maxSlots
    this.#younger = new Generation(FIRST_SLOTS)
    this.#older = new Generation(FIRST_SLOTS)
  }

  /** What the table takes now. */
  get bytes(): number {
    return this.#younger.bytes + this.#older.bytes
  }

  /** Clients in it, some of whose windows may be over. */
  get size(): number {
    return this.#younger.used + this.#older.used
  }

  /**
   * Counts a client, unless it has come `max` times in its window.
   *
   * @param hash of the client, 64 bits in two words
   * @param at   monotonic milliseconds
   * @returns whether there was room
   */
  take(hash: Uint32Array, max: number, windowMs: number, at: number): boolean {
    this.#age(windowMs, at)
    const low = lowOf(hash)
    const high = hash[1] ?? 0
    const stamp = stampOf(at)
    if (!this.#younger.has(low, high)) {
      // A window ends in the generation where it began; the next one begins in the younger, which stays long enough.
      if (this.#older.isRunning(low, high, windowMs, stamp)) return this.#older.take(low, high, max, windowMs, stamp)
      if (this.#younger.isFull) this.#makeRoom(at)
    }
    return this.#younger.take(low, high, max, windowMs, stamp)
  }

  /** Takes one count back, as if this time had not been. */
  giveBack(hash: Uint32Array): void {
    const low = lowOf(hash)
    const high = hash[1] ?? 0
    if (!this.#younger.giveBack(low, high)) this.#older.giveBack(low, high)
  }

  #age(windowMs: number, at: number): void {
    if (windowMs > this.#longestMs) this.#longestMs = windowMs
    const keptMs = Math.max(this.#longestMs, this.#longestBeforeMs)
    if (at - this.#since < keptMs) return
    // Nobody came for so long that both are history.
    if (at - this.#since >= 2 * keptMs) this.#younger = new Generation(FIRST_SLOTS)
    this.#turn(at)
    this.#longestBeforeMs = this.#longestMs
    this.#longestMs = windowMs
  }

  #makeRoom(at: number): void {
    if (this.#younger.slots < this.#maxSlots) this.#younger = this.#younger.grown()
    else this.#turn(at)
  }

  #turn(at: number): void {
    this.#older = this.#younger
    this.#younger = new Generation(FIRST_SLOTS)
    this.#since = at
  }
}

/** 16 MiB a generation. */
export const MAX_SLOTS: number = 2 ** 20
const FIRST_SLOTS = 256
/** Above this share of its slots, walks in open addressing become long. */
const FULL_SHARE = 0.75
const WORDS = 4

/** Where a word of an entry stands; a `LOW` of 0 is a free slot. */
const LOW = 0
const HIGH = 1
const STAMP = 2
const COUNT = 3

class Generation {
  readonly slots: number
  used = 0
  readonly #words: Uint32Array

  constructor(slots: number) {
    this.slots = slots
    this.#words = new Uint32Array(slots * WORDS)
  }

  get bytes(): number {
    return this.#words.byteLength
  }

  get isFull(): boolean {
    return this.used >= this.slots * FULL_SHARE
  }

  has(low: number, high: number): boolean {
    return this.#words[this.#find(low, high) + LOW] !== 0
  }

  take(low: number, high: number, max: number, windowMs: number, stamp: number): boolean {
    const words = this.#words
    const at = this.#find(low, high)
    if (words[at + LOW] === 0) {
      words[at + LOW] = low
      words[at + HIGH] = high
      this.used++
    }
    const count = words[at + COUNT] ?? 0
    const isOver = this.#isOver(at, windowMs, stamp)
    if (isOver) words[at + STAMP] = stamp
    else if (count >= max) return false
    words[at + COUNT] = isOver ? 1 : count + 1
    return true
  }

  isRunning(low: number, high: number, windowMs: number, stamp: number): boolean {
    const at = this.#find(low, high)
    return this.#words[at + LOW] !== 0 && !this.#isOver(at, windowMs, stamp)
  }

  giveBack(low: number, high: number): boolean {
    const at = this.#find(low, high)
    if (this.#words[at + LOW] === 0) return false
    this.#words[at + COUNT] = Math.max(0, (this.#words[at + COUNT] ?? 0) - 1)
    return true
  }

  grown(): Generation {
    const larger = new Generation(this.slots * 2)
    larger.used = this.used
    for (let from = 0; from < this.#words.length; from += WORDS) {
      const low = this.#words[from + LOW] ?? 0
      if (low === 0) continue
      const to = larger.#find(low, this.#words[from + HIGH] ?? 0)
      for (let word = 0; word < WORDS; word++) larger.#words[to + word] = this.#words[from + word] ?? 0
    }
    return larger
  }

  /** Differences of stamps are right although stamps turn over after 49 days: no entry lives that long. */
  #isOver(at: number, windowMs: number, stamp: number): boolean {
    return this.#words[at + COUNT] === 0 || (stamp - (this.#words[at + STAMP] ?? 0)) >>> 0 >= windowMs
  }

  /** Index of the entry, or of the free slot where it would stand. There is one: no generation is ever full to the brim. */
  #find(low: number, high: number): number {
    const words = this.#words
    const mask = this.slots - 1
    for (let slot = high & mask; ; slot = (slot + 1) & mask) {
      const at = slot * WORDS
      const found = words[at + LOW]
      if (found === 0 || (found === low && words[at + HIGH] === high)) return at
    }
  }
}

function lowOf(hash: Uint32Array): number {
  return ((hash[0] ?? 0) | 1) >>> 0
}

function stampOf(at: number): number {
  return Math.floor(at) >>> 0
}
