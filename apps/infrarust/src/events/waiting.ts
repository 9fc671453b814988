/** Between who never waits and a reader that may be slow: what does not fit is counted, and left out. */
export class Waiting<Item> {
  readonly #signal: AbortSignal
  readonly #max: number
  #items: Item[] = []
  #missed = 0
  #wake: (() => void) | undefined

  /** @param max what waits for the reader at most */
  constructor(signal: AbortSignal, max: number) {
    this.#signal = signal
    this.#max = max
    signal.addEventListener('abort', () => this.#wake?.())
  }

  add(item: Item): void {
    if (this.#items.length >= this.#max) this.#missed++
    else this.#items.push(item)
    this.#wake?.()
  }

  /** What has come, as soon as something has, and how much more there was. */
  async next(): Promise<{ readonly items: readonly Item[]; readonly missed: number }> {
    if (this.#items.length === 0 && !this.#signal.aborted)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    this.#wake = undefined
    const taken = { items: this.#items, missed: this.#missed }
    this.#items = []
    this.#missed = 0
    return taken
  }
}
