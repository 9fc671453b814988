import type { WriteStream } from 'node:tty'
import { printableLines } from './printable.ts'
import { hasSequences } from './terminal.ts'

/** A terminal that is drawn over again and again; what is no terminal gets one text below the other. */
export class Screen {
  readonly #output: WriteStream
  #isOpen = false

  constructor(output: WriteStream) {
    this.#output = output
  }

  /** How wide a text may be; undefined where it goes to no terminal. */
  get columns(): number | undefined {
    return this.#output.isTTY ? this.#output.columns : undefined
  }

  /** As many lines and columns of a text as fit. */
  draw(text: string): void {
    if (!this.#output.isTTY || !hasSequences()) {
      this.#output.write(`${printableLines(text)}\n`)
      return
    }
    if (!this.#isOpen) this.#open()
    const { rows, columns } = this.#output
    const lines = printableLines(text)
      .split('\n')
      .slice(0, rows - 1)
    this.#output.write(`${HOME}${lines.map((line) => `${line.slice(0, columns)}${CLEAR_LINE}\r\n`).join('')}${CLEAR}`)
  }

  /** Gives the terminal back: what is written while it is drawn over is gone with it. */
  close(): void {
    if (this.#isOpen) this.#output.write(LEAVE)
    this.#isOpen = false
  }

  /** A screen of its own, so that the shell's is there again afterwards. */
  #open(): void {
    this.#isOpen = true
    this.#output.write(`${ENTER}${CLEAR}`)
    process.on('exit', () => this.close())
    process.on('SIGTERM', () => process.exit(0))
  }
}

const ENTER = '\x1b[?1049h'
const LEAVE = '\x1b[?1049l'
const HOME = '\x1b[H'
const CLEAR_LINE = '\x1b[K'
const CLEAR = '\x1b[J'
