/** Of one kind, lines a second that are written whoever they are about. */
const SHOWN_PER_SECOND = 50
const SECOND_MS = 1_000

export interface FloodOptions {
  /** Told once a second how many lines of a kind were not written. */
  readonly summarize: (kind: string, count: number) => void
  /** Monotonic milliseconds. */
  readonly now?: () => number
}

/**
 * Keeps a flood from filling the disk through the log. Of each kind of line the first fifty in a second are written, and of
 * the rest those that are the first of their client in that second; all others are only counted.
 */
export class Flood {
  readonly #options: FloodOptions
  readonly #seconds = new Map<string, OneSecond>()
  #timer: NodeJS.Timeout | undefined

  constructor(options: FloodOptions) {
    this.#options = options
  }

  /**
   * Whether a line is to be written. One that is not has been counted.
   *
   * @param client whom it is about; without one it is the first of nobody
   */
  shows(kind: string, client: string | undefined): boolean {
    const second = this.#secondOf(kind)
    this.#timer ??= this.#sweepIn(SECOND_MS)
    const isFirst = client !== undefined && !second.clients.has(client)
    if (isFirst) second.clients.add(client)
    if (second.shown < SHOWN_PER_SECOND || isFirst) {
      second.shown++
      return true
    }
    second.counted++
    return false
  }

  /** Tells what was counted up to now: also before the end of the program. */
  flush(): void {
    for (const [kind, second] of this.#seconds) this.#summarize(kind, second)
  }

  /** How many seconds of a kind are remembered, each with its clients: none a while after the last line. */
  get size(): number {
    return this.#seconds.size
  }

  #sweepIn(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#sweep(), ms).unref()
  }

  /** Tells of the seconds that are over, and forgets them: the last one of a flood may have a hundred thousand clients. */
  #sweep(): void {
    const now = this.#now()
    let nextMs = Number.POSITIVE_INFINITY
    for (const [kind, second] of this.#seconds) {
      const restMs = second.since + SECOND_MS - now
      if (restMs > 0) {
        nextMs = Math.min(nextMs, restMs)
        continue
      }
      this.#summarize(kind, second)
      this.#seconds.delete(kind)
    }
    this.#timer = this.#seconds.size > 0 ? this.#sweepIn(nextMs) : undefined
  }

  #now(): number {
    return this.#options.now?.() ?? performance.now()
  }

  #secondOf(kind: string): OneSecond {
    const now = this.#now()
    const known = this.#seconds.get(kind)
    if (known !== undefined && now - known.since < SECOND_MS) return known
    if (known !== undefined) this.#summarize(kind, known)
    const second = { since: now, shown: 0, counted: 0, clients: new Set<string>() }
    this.#seconds.set(kind, second)
    return second
  }

  #summarize(kind: string, second: OneSecond): void {
    if (second.counted > 0) this.#options.summarize(kind, second.counted)
    second.counted = 0
  }
}

interface OneSecond {
  readonly since: number
  shown: number
  counted: number
  readonly clients: Set<string>
}
