import { resolve } from 'node:path'
import type { FollowedList, FollowListOptions } from '@infrarust/config-file'
import type { Logger } from 'pino'

/** What a list is for: nothing being on it means the opposite. */
type Role = 'whitelist' | 'blacklist'

/** The files that one filter names. */
export interface FilterFiles {
  readonly whitelistFile: string | undefined
  readonly blacklistFile: string | undefined
}

/** What a list says, whatever is on it. */
export type ReadList<Entry> = (
  | { readonly kind: 'list'; readonly isEmptyOnPurpose?: boolean }
  | { readonly kind: 'problem'; readonly problem: string }
) & { readonly entries: readonly Entry[]; readonly warning: string | undefined }

/** Lists of one kind. */
export interface ListKind<Entry, Index> {
  readonly follow: (options: FollowListOptions<ReadList<Entry>>) => FollowedList
  /** What is searched. */
  readonly index: (entries: readonly Entry[]) => Index
  /** The `event` of the line about each that was read. */
  readonly event: string
  /** One entry, and several. */
  readonly nouns: readonly [one: string, many: string]
}

/** A list from a file, for as long as some filter names it. */
interface Followed<Index> {
  index: Index
  /** How many entries are in force. */
  entries: number
  /** Whether a file without a fault was ever read: from then on a faulty one changes nothing. */
  hasBeenWhole: boolean
  /** Why what is in force is not what the file says, or not all of it; one line. */
  problem: string | undefined
  readonly watching: AbortController
  source: FollowedList | undefined
}

/** The files that filters name, read and followed. One that several name is followed once. */
export class ListFiles<Entry, Index> {
  readonly #kind: ListKind<Entry, Index>
  readonly #baseDir: string
  readonly #logger: Logger
  /** By the paths as the filters have them. */
  #followed: ReadonlyMap<string, Followed<Index>> = new Map()

  /** @param baseDir where paths begin that are not absolute: those that labels name */
  constructor(kind: ListKind<Entry, Index>, baseDir: string, logger: Logger) {
    this.#kind = kind
    this.#baseDir = baseDir
    this.#logger = logger
  }

  /** What a file of this path is searched by. */
  of(path: string): Index | undefined {
    return this.#followed.get(path)?.index
  }

  /** How many files are followed. */
  get size(): number {
    return this.#followed.size
  }

  /** What is wrong with the files now, one line each. */
  get problems(): readonly string[] {
    return [...this.#followed.values()].flatMap(({ problem }) => problem ?? [])
  }

  /** Follows the files of these filters from now on, and no others. New ones are read at once. */
  use(filters: readonly FilterFiles[]): void {
    const before = this.#followed
    const now = new Map<string, Followed<Index>>()
    for (const { whitelistFile, blacklistFile } of filters) {
      for (const [role, path] of [
        ['whitelist', whitelistFile],
        ['blacklist', blacklistFile],
      ] as const) {
        if (path !== undefined && !now.has(path)) now.set(path, before.get(path) ?? this.#follow(path, role))
      }
    }
    this.#followed = now
    for (const [path, { watching }] of before) if (!now.has(path)) watching.abort()
  }

  /** Reads every file at once, noticed or not. */
  async readNow(): Promise<void> {
    await Promise.all([...this.#followed.values()].map(({ source }) => source?.readNow()))
  }

  stop(): void {
    for (const { watching } of this.#followed.values()) watching.abort()
  }

  #follow(path: string, role: Role): Followed<Index> {
    const watching = new AbortController()
    const index = this.#kind.index([])
    const followed: Followed<Index> = {
      index,
      entries: 0,
      hasBeenWhole: false,
      problem: undefined,
      watching,
      source: undefined,
    }
    followed.source = this.#kind.follow({
      path: resolve(this.#baseDir, path),
      signal: watching.signal,
      report: (message) => this.#logger.warn(message),
      onRead: (file) => this.#take(followed, file, path, role),
    })
    return followed
  }

  #take(followed: Followed<Index>, file: ReadList<Entry>, path: string, role: Role): void {
    const { isTaken, problem } = this.#fateOf(file, followed, path, role)
    followed.problem = problem
    if (problem !== undefined) this.#logger.error(problem)
    if (!isTaken) return
    const { entries } = file
    if (file.kind === 'list') {
      followed.hasBeenWhole = true
      this.#logger.info({ event: this.#kind.event, file: path }, `${path}: ${this.#numberOf(entries.length)}`)
    }
    if (file.warning !== undefined) this.#logger.warn(file.warning)
    followed.index = this.#kind.index(entries)
    followed.entries = entries.length
  }

  /** Whether what a file says now comes into force, and what is wrong with it. */
  #fateOf(file: ReadList<Entry>, before: Followed<Index>, path: string, role: Role): Fate {
    const { length } = file.entries
    if (file.kind === 'list') {
      if (length > 0 || before.entries === 0 || file.isEmptyOnPurpose === true)
        return { isTaken: true, problem: undefined }
      // A full disk or a half-done download must not let everybody in, or shut everybody out.
      const problem = `${path}: is empty now (its ${this.#numberOf(before.entries)} stay; if it is meant to be empty, restart)`
      return { isTaken: false, problem }
    }
    const { problem } = file
    if (before.hasBeenWhole) return { isTaken: false, problem: `${problem} (the list stays as it was)` }
    if (length > 0) return { isTaken: true, problem: `${problem} (its other lines count: ${this.#numberOf(length)})` }
    if (before.entries > 0)
      return { isTaken: false, problem: `${problem} (the ${this.#numberOf(before.entries)} read before stay)` }
    const effect = role === 'blacklist' ? 'this blacklist keeps nobody out' : 'this whitelist lets nobody in'
    return { isTaken: true, problem: `${problem} (no ${this.#kind.nouns[0]} was read: ${effect})` }
  }

  #numberOf(entries: number): string {
    const [one, many] = this.#kind.nouns
    return `${entries} ${entries === 1 ? one : many}`
  }
}

interface Fate {
  readonly isTaken: boolean
  readonly problem: string | undefined
}
