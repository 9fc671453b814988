import { createInterface, type Interface } from 'node:readline'
import { printable } from '../print/printable.ts'
import type { Question } from './answers.ts'

/** Who was asked has gone: Ctrl-C, Ctrl-D, a closed terminal. */
export class Cancelled extends Error {}

/** Asks on a terminal, one question after the other, until each has an answer that can be used. */
export class Questionnaire {
  readonly #output: NodeJS.WriteStream
  readonly #terminal: Interface
  /** Whoever types ahead, or pastes all answers at once, loses none. */
  readonly #lines: AsyncIterator<string>

  constructor(input: NodeJS.ReadStream, output: NodeJS.WriteStream) {
    this.#output = output
    this.#terminal = createInterface({ input, output, prompt: '> ', terminal: process.env.TERM !== 'dumb' })
    this.#lines = this.#terminal[Symbol.asyncIterator]()
  }

  /**
   * @returns undefined where Enter took what is shown for it
   * @throws {Cancelled}
   */
  async ask<T>({ text, otherwise, read }: Question<T>): Promise<T | undefined> {
    this.say(`${text}${otherwise === undefined ? '' : ` [${otherwise}]`}`)
    for (;;) {
      this.#terminal.prompt()
      const { value, done } = await this.#lines.next()
      if (done) throw new Cancelled()
      const written = value.trim()
      if (written === '' && otherwise !== undefined) return undefined
      const answer = read(written)
      if (answer.kind === 'answer') return answer.value
      this.say(answer.fault)
    }
  }

  say(text: string): void {
    for (const line of text.split('\n')) this.#output.write(`${printable(line)}\n`)
  }

  close(): void {
    this.#terminal.close()
  }
}
