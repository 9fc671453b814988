/** How long the suite waits for what must come. Long, for a loaded machine: a good run never gets near it. */
const PATIENCE_MS = 20_000

/** Something that changes by events, and that a test waits on without sleeping. */
export class Changing {
  readonly #waiting = new Set<() => void>()

  /** Call after every change. */
  changed(): void {
    for (const look of [...this.#waiting]) look()
  }

  /**
   * Looks now and after every change, until there is something to see.
   *
   * @param what for the message when it never comes, with what there was instead
   */
  until<T>(what: () => string, look: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer)
        this.#waiting.delete(tryIt)
      }
      const tryIt = () => {
        const seen = look()
        if (seen === undefined) return
        stop()
        resolve(seen)
      }
      const timer = setTimeout(() => {
        stop()
        reject(new Error(`never came: ${what()}`))
      }, PATIENCE_MS)
      this.#waiting.add(tryIt)
      tryIt()
    })
  }
}

/** Looks again and again, for what tells nobody that it changed. */
export async function poll<T>(what: string, look: () => T | undefined): Promise<T> {
  const givesUpAt = performance.now() + PATIENCE_MS
  for (;;) {
    const seen = look()
    if (seen !== undefined) return seen
    if (performance.now() > givesUpAt) throw new Error(`never came: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Waits until `value` has stood still for 30 looks, 10 ms apart: what backpressure looks like from outside. */
export async function standstill(value: () => number): Promise<number> {
  let last = -1
  let looks = 0
  return poll('a standstill', () => {
    const now = value()
    looks = now === last ? looks + 1 : 0
    last = now
    return looks >= 30 ? now : undefined
  })
}
