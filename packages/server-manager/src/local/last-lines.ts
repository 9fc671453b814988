const MOST_LINES = 200
const LONGEST_LINE = 1_000

/** The last lines of an output that may be endless, and whose lines may be. */
export class LastLines {
  readonly #lines: string[] = []
  #rest = ''

  /** @param onLine is told each line as it is complete */
  take(chunk: string, onLine: (line: string) => void): void {
    const parts = (this.#rest + chunk).split(/\r\n|\n|\r/)
    this.#rest = (parts.pop() ?? '').slice(-LONGEST_LINE)
    for (const part of parts) {
      const line = part.slice(0, LONGEST_LINE)
      this.#lines.push(line)
      if (this.#lines.length > MOST_LINES) this.#lines.shift()
      onLine(line)
    }
  }

  get all(): readonly string[] {
    return [...this.#lines]
  }
}
