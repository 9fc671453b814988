/** What is waited for, settled by hand: at once, where a promise would take its turn. */
export class Waiting implements PromiseLike<undefined> {
  #waiting: (() => unknown)[] = []

  then<A = undefined, B = never>(settled?: ((value: undefined) => A | PromiseLike<A>) | null): PromiseLike<A | B> {
    if (settled) this.#waiting.push(() => settled(undefined))
    return new Promise(() => undefined)
  }

  settle(): void {
    for (const settled of this.#waiting.splice(0)) settled()
  }
}
