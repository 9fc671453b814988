import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import { type Program, start } from './program.ts'

/** A line of the JSON log. */
export type Line = Readonly<Record<string, unknown>>

/** The proxy as a running process. */
export class Running {
  readonly program: Program
  readonly exit: Promise<number | null>
  readonly lines: Line[] = []
  readonly #waiting = new Set<() => void>()
  #hasEnded = false

  /**
   * Ends with the test.
   *
   * @param bind undefined: where its configuration says
   */
  constructor(
    folder: string,
    args: readonly string[] = [],
    env: NodeJS.ProcessEnv = {},
    { bind }: { readonly bind: string | undefined } = { bind: '127.0.0.1:0' },
  ) {
    this.program = start([...(bind === undefined ? [] : ['--bind', bind]), ...args], { cwd: folder, env })
    createInterface({ input: this.program.stdout }).on('line', (line) => this.#push(JSON.parse(line)))
    this.program.stderr.on('data', (data) => this.#push({ stderr: String(data) }))
    this.exit = new Promise((resolve) =>
      this.program.on('close', (code) => {
        this.#hasEnded = true
        this.#wake()
        resolve(code)
      }),
    )
    onTestFinished(() => void this.program.kill('SIGKILL'))
  }

  /** Waits for a line of the log; the whole log is in the error where it does not come. */
  async line(passes: (line: Line) => boolean): Promise<Line> {
    for (;;) {
      const found = this.lines.find(passes)
      if (found !== undefined) return found
      if (this.#hasEnded) throw new Error(`the program ended:\n${JSON.stringify(this.lines, undefined, 1)}`)
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  logged(text: string): Promise<Line> {
    return this.line(({ msg }) => typeof msg === 'string' && msg.includes(text))
  }

  access(passes: (line: Line) => boolean = () => true): Promise<Line> {
    return this.line((line) => line.event === 'access' && passes(line))
  }

  /** The port that the system chose. */
  async port(): Promise<number> {
    return Number((await this.line(({ event }) => event === 'listening')).port)
  }

  #push(line: Line): void {
    this.lines.push(line)
    this.#wake()
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve()
    this.#waiting.clear()
  }
}
