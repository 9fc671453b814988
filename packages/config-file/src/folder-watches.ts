import { type FSWatcher, watch } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { WatchPlan } from './watch-plan.ts'

export interface FolderWatchesOptions {
  /** Something that the plan names may have changed. */
  readonly onChange: () => void
  /** A name beside those of the plan that matters: a new file in a folder that is listed. */
  readonly isRelevant: (name: string) => boolean
}

/**
 * Watches on folders, never on files: a file that is replaced by a rename is another inode, and a watch on the old one
 * would be silent for ever. A folder that was itself replaced gets a new watch at the next plan.
 */
export class FolderWatches {
  readonly #options: FolderWatchesOptions
  readonly #open = new Map<string, { readonly inode: string; readonly watcher: FSWatcher }>()
  #plan: WatchPlan = new Map()

  constructor(options: FolderWatchesOptions) {
    this.#options = options
  }

  /**
   * Opens what the plan needs and is not open, closes the rest.
   *
   * @returns whether a watch was opened (something may have changed before it was), and why one could not be
   */
  async follow(
    plan: WatchPlan,
  ): Promise<{ readonly hasOpened: boolean; readonly failures: ReadonlyMap<string, unknown> }> {
    this.#plan = plan
    let hasOpened = false
    const failures = new Map<string, unknown>()
    for (const folder of this.#open.keys()) if (!plan.has(folder)) this.#close(folder)
    for (const folder of plan.keys()) {
      const inode = await inodeOf(folder)
      if (inode === this.#open.get(folder)?.inode) continue
      this.#close(folder)
      if (inode === undefined) continue
      try {
        this.#open.set(folder, { inode, watcher: this.#watch(folder) })
        hasOpened = true
      } catch (cause) {
        failures.set(folder, cause)
      }
    }
    return { hasOpened, failures }
  }

  close(): void {
    for (const folder of this.#open.keys()) this.#close(folder)
  }

  #watch(folder: string): FSWatcher {
    const watcher = watch(folder, { persistent: false }, (_event, name) => {
      // Without a name (a queue of events overflowed) anything may have happened.
      if (name === null || this.#plan.get(folder)?.has(name) || this.#options.isRelevant(name)) this.#options.onChange()
    })
    watcher.on('error', () => {
      this.#close(folder)
      this.#options.onChange()
    })
    return watcher
  }

  #close(folder: string): void {
    this.#open.get(folder)?.watcher.close()
    this.#open.delete(folder)
  }
}

async function inodeOf(folder: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(folder, { bigint: true })
    return `${dev}:${ino}`
  } catch {
    return undefined
  }
}
