import type { GatewayChange } from '@infrarust/config-file'
import type { ProviderStatus, Server, ServerDiff } from '@infrarust/core'
import { serverChanges } from '../log/servers.ts'
import type { Part } from './part.ts'

/** What came of reading everything again. */
export interface Reloaded {
  /** What this reading changed, a line each. */
  readonly changes: readonly string[]
  /** What is wrong now, and therefore stays as it was. */
  readonly problems: readonly string[]
  /** Keys that wait for the next start. */
  readonly need_restart: readonly string[]
  /** The last changes before: a saved file is taken over by itself, mostly before anybody asks. */
  readonly earlier: { readonly at: string; readonly changes: readonly string[] } | null
}

/** What is saved within this time belongs together: `infrarust.toml` and a server file are taken over one by one. */
const TOGETHER_MS = 10_000
/** More lines than anybody reads; servers that come and go every second must not add up. */
const MAX_LINES = 100

/** Remembers what changed while the proxy runs, so that whoever asks for a reload is told what came of it. */
export class Reloads implements Part {
  #problems: readonly string[] = []
  #needRestart: readonly string[] = []
  #earlier: Reloaded['earlier'] = null
  /** For each reading that goes on. */
  readonly #collecting = new Set<string[]>()

  /** What is wrong with `infrarust.toml` now: what was in force before still is. */
  problems(): readonly string[] {
    return this.#problems
  }

  /** Names of the keys that wait for the next start. */
  get needRestart(): readonly string[] {
    return this.#needRestart
  }

  readConfig(change: GatewayChange): void {
    if (change.kind === 'refused') {
      this.#problems = change.problems
      return
    }
    this.#problems = []
    this.#needRestart = change.needRestart
    this.#changed(change.changes)
  }

  useServers(_: readonly Server[], diff: ServerDiff): void {
    this.#changed(serverChanges(diff).map(({ text }) => text))
  }

  /** @param read reads everything again; what it changes has been told here when it resolves with what is wrong then */
  async collect(read: () => Promise<readonly string[]>): Promise<Reloaded> {
    const earlier = this.#earlier
    const collected: string[] = []
    this.#collecting.add(collected)
    try {
      const problems = await read()
      return { changes: collected, problems, need_restart: this.#needRestart, earlier }
    } finally {
      this.#collecting.delete(collected)
    }
  }

  #changed(lines: readonly string[]): void {
    if (lines.length === 0) return
    for (const collected of this.#collecting) collected.push(...lines)
    const at = new Date()
    const isTogether = this.#earlier !== null && at.getTime() - Date.parse(this.#earlier.at) < TOGETHER_MS
    const before = isTogether ? (this.#earlier?.changes ?? []) : []
    this.#earlier = { at: at.toISOString(), changes: [...before, ...lines].slice(-MAX_LINES) }
  }
}

/** Sources that cannot be read, definitions that are rejected, and conflicts, which both sides tell. */
export function providerProblems(providers: readonly ProviderStatus[]): ReadonlySet<string> {
  return new Set(
    providers.flatMap(({ state, lastError, problems, conflicts }) => [
      ...(state === 'failing' && lastError !== undefined ? [lastError.message] : []),
      ...problems,
      ...conflicts,
    ]),
  )
}
