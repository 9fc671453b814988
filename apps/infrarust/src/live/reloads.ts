import type { GatewayChange } from '@infrarust/config-file'
import type { ServerDiff } from '@infrarust/core'

/** What came of reading everything again. */
export interface Reloaded {
  /** What this reading changed, a line each. */
  readonly changes: readonly string[]
  /** What is wrong now, and therefore stays as it was. */
  readonly problems: readonly string[]
  /** Keys that wait for the next start. */
  readonly need_restart: readonly string[]
  /** The last change before: a saved file is taken over by itself, mostly before anybody asks. */
  readonly earlier: { readonly at: string; readonly changes: readonly string[] } | null
}

/** Remembers what changed while the proxy runs, so that whoever asks for a reload is told what came of it. */
export class Reloads {
  #problems: readonly string[] = []
  #needRestart: readonly string[] = []
  #earlier: Reloaded['earlier'] = null
  #collected: string[] | undefined

  /** A change of `infrarust.toml`. */
  gateway(change: GatewayChange): void {
    if (change.kind === 'refused') {
      this.#problems = change.problems
      return
    }
    this.#problems = []
    this.#needRestart = change.needRestart
    this.#changed(change.changes)
  }

  /** A new routing table. */
  servers({ added, changed, removed }: ServerDiff): void {
    this.#changed([
      ...added.map(({ id, source }) => `server "${id}" added (${source})`),
      ...changed.map(({ after, keys }) => `server "${after.id}" changed: ${keys.join(', ')}`),
      ...removed.map(({ id }) => `server "${id}" removed`),
    ])
  }

  /** @param read reads everything again; what it changes has been told here when it resolves with what could not be done */
  async collect(read: () => Promise<readonly string[]>): Promise<Reloaded> {
    const earlier = this.#earlier
    const collected: string[] = []
    this.#collected = collected
    try {
      const undone = await read()
      const problems = [...this.#problems, ...undone]
      return { changes: collected, problems, need_restart: this.#needRestart, earlier }
    } finally {
      if (this.#collected === collected) this.#collected = undefined
    }
  }

  #changed(lines: readonly string[]): void {
    if (lines.length === 0) return
    this.#collected?.push(...lines)
    this.#earlier = { at: new Date().toISOString(), changes: lines }
  }
}
