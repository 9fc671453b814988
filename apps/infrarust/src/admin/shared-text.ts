/** How long one text is good for. Nobody needs figures more often, and one rendering looks at every connection. */
const SHARED_MS = 1_000

/** A text that is made at most once a second, however many ask for it at once. */
export class SharedText {
  readonly #make: () => Promise<string>
  readonly #now: () => number
  #latest: Promise<Buffer> | undefined
  #madeAt = Number.NEGATIVE_INFINITY
  #isMaking = false

  constructor(make: () => Promise<string>, now: () => number = () => performance.now()) {
    this.#make = make
    this.#now = now
  }

  /** As bytes, the same for all: what many have not read yet is in memory once. */
  get(): Promise<Buffer> {
    if (this.#latest !== undefined && (this.#isMaking || this.#now() - this.#madeAt < SHARED_MS)) return this.#latest
    this.#isMaking = true
    this.#latest = this.#make()
      .then((text) => Buffer.from(text))
      .finally(() => {
        this.#isMaking = false
        this.#madeAt = this.#now()
      })
    return this.#latest
  }
}
