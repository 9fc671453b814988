/** Somebody with bytes to write. */
export interface Batched {
  flush(): void
}

/**
 * Puts off small writes until all sockets of one turn of the event loop were read. Each write wakes the process at its
 * other end; done in between, it goes to sleep again for want of work and is woken anew for the next packet.
 */
export class WriteBatch {
  #batched: Batched[] = []
  #flushing: Batched[] = []
  readonly #flush = (): void => {
    const flushing = this.#batched
    this.#batched = this.#flushing
    this.#flushing = flushing
    for (const batched of flushing) batched.flush()
    flushing.length = 0
  }

  add(batched: Batched): void {
    if (this.#batched.length === 0) setImmediate(this.#flush)
    this.#batched.push(batched)
  }
}
