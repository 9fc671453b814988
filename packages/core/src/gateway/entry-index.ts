import type { Entry } from './entry.ts'

/** Entries by a key that several may share. Most keys have one entry, which then costs no set of its own. */
export class EntryIndex {
  readonly #entries = new Map<string, Entry | Set<Entry>>()

  add(key: string, entry: Entry): void {
    const found = this.#entries.get(key)
    if (found === undefined) this.#entries.set(key, entry)
    else if (found instanceof Set) found.add(entry)
    else if (found !== entry) this.#entries.set(key, new Set([found, entry]))
  }

  remove(key: string, entry: Entry): void {
    const found = this.#entries.get(key)
    if (found === entry) this.#entries.delete(key)
    else if (found instanceof Set && found.delete(entry) && found.size === 0) this.#entries.delete(key)
  }

  /** A copy: who is found may be removed while one looks at it. */
  find(key: string): readonly Entry[] {
    const found = this.#entries.get(key)
    if (found === undefined) return []
    return found instanceof Set ? [...found] : [found]
  }
}
