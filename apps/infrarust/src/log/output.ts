/** Where lines go in the end: a stream, or a thread that has the file. */
export interface Sink {
  /** True from the write that filled its queue until the queue is empty. */
  readonly writableNeedDrain: boolean
  write(line: string): unknown
  /** Tells from now on when a queue that was full is empty. */
  onDrain(listener: () => void): void
  /** Resolves when all that was written before has reached the system. */
  flushed(): Promise<void>
}

/**
 * Takes lines and never waits: a log that nobody reads, or a disk that has stopped, costs lines and no connection its
 * time. Lines that do not fit are counted, and the count stands in the log once there is room again.
 */
export class Output {
  readonly name: 'stdout' | 'file'
  readonly #sink: Sink
  readonly #warning: string | number
  readonly #render: (line: string) => string
  #dropped = 0
  #unreported = 0

  /**
   * @param warning the level of a warning, as the lines have it
   * @param render what becomes of a JSON line on this output
   */
  constructor(
    name: Output['name'],
    sink: Sink,
    warning: string | number,
    render: (line: string) => string = (line) => line,
  ) {
    this.name = name
    this.#sink = sink
    this.#warning = warning
    this.#render = render
    // Not only with the next line: after a flood there may be none for hours.
    sink.onDrain(() => this.#reportDropped())
  }

  /** Lines that did not fit, since the start. */
  get dropped(): number {
    return this.#dropped
  }

  /** @param line JSON, with its line end */
  write(line: string): void {
    if (this.#sink.writableNeedDrain) {
      this.#dropped++
      this.#unreported++
      return
    }
    this.#reportDropped()
    this.#sink.write(this.#render(line))
  }

  /**
   * Waits until every line has reached the system.
   * @returns whether that was so within the time
   */
  async flushed(withinMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined
    const tooLate = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, withinMs, false)
    })
    const isInTime = await Promise.race([this.#flush().then(() => true), tooLate])
    clearTimeout(timer)
    return isInTime
  }

  async #flush(): Promise<void> {
    await this.#sink.flushed()
    if (this.#reportDropped()) await this.#sink.flushed()
  }

  /** Says how many lines are missing here, where some are and there is room for it. */
  #reportDropped(): boolean {
    if (this.#unreported === 0 || this.#sink.writableNeedDrain) return false
    const lines = this.#unreported
    this.#unreported = 0
    this.#sink.write(this.#render(droppedLine(this.name, this.#warning, lines)))
    return true
  }
}

/** How much may wait for a slow reader: some 15,000 access records, half a minute of a busy proxy. */
export const QUEUE_BYTES: number = 8 * 1_048_576

function droppedLine(output: Output['name'], level: string | number, lines: number): string {
  const msg = `${lines} lines of the log were dropped here: ${SLOW[output]} did not take them in time`
  return `${JSON.stringify({ level, time: Date.now(), event: 'log_dropped', output, lines, msg })}\n`
}

const SLOW: Record<Output['name'], string> = { stdout: 'the reader of standard output', file: 'the disk' }
