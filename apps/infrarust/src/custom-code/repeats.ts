const WINDOW_MS = 10_000

/**
 * Tells the first of a kind at once, and of those that follow within ten seconds only their number and the last: what is
 * thrown every millisecond must not fill the log.
 */
export class Repeats {
  readonly #tell: (text: string, kind: string) => void
  readonly #windows = new Map<string, Window>()

  constructor(tell: (text: string, kind: string) => void) {
    this.#tell = tell
  }

  add(kind: string, text: string): void {
    const window = this.#windows.get(kind)
    if (window !== undefined) {
      window.more++
      window.last = text
      return
    }
    this.#tell(text, kind)
    this.#open(kind)
  }

  /** Tells at once what was only counted so far: the end is near. */
  flush(): void {
    for (const [kind, { more, last }] of this.#windows) if (more > 0) this.#tell(countText(more, last), kind)
    this.#windows.clear()
  }

  #open(kind: string): void {
    const window: Window = { more: 0, last: '' }
    this.#windows.set(kind, window)
    setTimeout(() => this.#close(kind, window), WINDOW_MS).unref()
  }

  #close(kind: string, window: Window): void {
    if (this.#windows.get(kind) !== window) return
    this.#windows.delete(kind)
    const { more, last } = window
    if (more === 0) return
    this.#tell(countText(more, last), kind)
    // Whoever goes on gets a count every ten seconds, and not a first one again each time.
    this.#open(kind)
  }
}

function countText(more: number, last: string): string {
  return `${more} more ${more === 1 ? 'time' : 'times'} in the last ${WINDOW_MS / 1000} s: ${last}`
}

interface Window {
  more: number
  last: string
}
