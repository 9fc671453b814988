const NEVER = Number.POSITIVE_INFINITY

/** A question that is asked again and again, and never twice at once. Times are monotonic milliseconds. */
export class Question {
  #at = NEVER
  #isUnderWay = false

  get isUnderWay(): boolean {
    return this.#isUnderWay
  }

  /** When to ask it; never while an answer is due. */
  get dueAt(): number {
    return this.#isUnderWay ? NEVER : this.#at
  }

  /** To be asked then, or as soon as there is an answer to the one before. */
  plan(at: number): void {
    this.#at = at
  }

  /** @returns whether it is to be asked now; then it is under way */
  begins(at: number): boolean {
    if (at < this.dueAt) return false
    this.#isUnderWay = true
    this.#at = NEVER
    return true
  }

  /** There is an answer. */
  ends(): void {
    this.#isUnderWay = false
  }

  /** Neither planned nor under way. */
  forget(): void {
    this.#isUnderWay = false
    this.#at = NEVER
  }
}
