import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { until } from './until.ts'

export interface ProgramOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
}

/** A program under test: its output line by line, and an end that the test can wait for. */
export class Child {
  readonly lines: string[] = []
  readonly process: ChildProcess
  readonly #name: string

  constructor(command: string, args: readonly string[], options: ProgramOptions = {}) {
    this.#name = command
    this.process = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
    for (const stream of [this.process.stdout, this.process.stderr])
      if (stream) createInterface({ input: stream }).on('line', (line) => this.lines.push(line))
  }

  /** Waits for a line that passes; fails with all output when the program ends before it. */
  async line(passes: (line: string) => boolean, what: string): Promise<string> {
    await until(
      () => this.lines.some(passes) || this.hasEnded,
      `${this.#name}: ${what}`,
      () => this.lines.join('\n'),
    )
    const found = this.lines.find(passes)
    if (found === undefined) throw new Error(`${this.#name} ended before ${what}:\n${this.lines.join('\n')}`)
    return found
  }

  /**
   * Waits until the program is ready. One that ends before, or is not ready in time, is stopped: nobody else has it yet.
   * @throws with all its output
   */
  async ready(isReady: () => boolean | Promise<boolean>, what: string, withinMs: number = START_MS): Promise<void> {
    const output = () => this.lines.join('\n')
    try {
      await until(async () => this.hasEnded || (await isReady()), `${this.#name}: ${what}`, output, withinMs)
      if (this.hasEnded) throw new Error(`${this.#name} ended before ${what}:\n${output()}`)
    } catch (error) {
      await this.stop('SIGKILL')
      throw error
    }
  }

  get hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null
  }

  get pid(): number {
    if (this.process.pid === undefined) throw new Error(`${this.#name} did not start`)
    return this.process.pid
  }

  /** Sends a signal and waits for the end; the exit code, or null where the signal ended it. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (!this.hasEnded && this.process.pid !== undefined) {
      const ended = once(this.process, 'exit')
      this.process.kill(signal)
      await ended
    }
    return this.process.exitCode
  }
}

/** So long may a program take to start while the machine is busy with others. */
const START_MS = 60_000

/** How a command has ended; the code is null where a signal ended it. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command that ends by itself. */
export async function finished(
  command: string,
  args: readonly string[],
  { input = '', ...options }: ProgramOptions & { readonly input?: string } = {},
): Promise<Ended> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options })
  // One that has ended before it was asked, such as `--version`, reads nothing.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', resolve)
    }),
  ])
  return { code, stdout, stderr }
}
