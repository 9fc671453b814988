import type { Log } from '../log/logger.ts'
import type { Config } from '../program-keys.ts'
import type { Part } from './part.ts'

/** As many as a page shows at first. */
const MAX_LINES = 500

/** The last lines of the log, where `[web]` shows them, and the ones to come for who looks on. */
export class RecentLog implements Part {
  readonly #log: Pick<Log, 'watch'>
  readonly #lines: string[] = []
  #end: (() => void) | undefined

  constructor(config: Pick<Config, 'web'>, log: Pick<Log, 'watch'>) {
    this.#log = log
    this.useConfig(config)
  }

  useConfig({ web }: Pick<Config, 'web'>): void {
    if (web === undefined) {
      this.#end?.()
      this.#end = undefined
      this.#lines.length = 0
    } else this.#end ??= this.#log.watch((line) => this.#keep(line))
  }

  /** JSON, the oldest first. */
  get lines(): readonly string[] {
    return this.#lines
  }

  /** @returns ends it */
  watch(take: (line: string) => void): () => void {
    return this.#log.watch(take)
  }

  stop(): void {
    this.#end?.()
  }

  #keep(line: string): void {
    this.#lines.push(line)
    if (this.#lines.length > MAX_LINES) this.#lines.shift()
  }
}
