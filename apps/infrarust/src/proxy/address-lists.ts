import { resolve } from 'node:path'
import { followAddressList } from '@infrarust/config-file'
import { type IpFilterConfig, type ListFiles, prefixSet } from '@infrarust/core'
import type { Logger } from 'pino'

/** What is searched for an address. */
type List = ReturnType<typeof prefixSet>

/** A list from a file, for as long as some filter names it. */
interface Followed {
  list: List
  /** Whether a file without a fault was ever read: from then on a faulty one changes nothing. */
  hasBeenWhole: boolean
  readonly watching: AbortController
}

/** The files that filters name, read and followed. One that several name is followed once. */
export class AddressLists implements ListFiles {
  readonly #baseDir: string
  readonly #logger: Logger
  /** By the paths as the filters have them. */
  #followed: ReadonlyMap<string, Followed> = new Map()

  /** @param baseDir where paths begin that are not absolute: those that labels name */
  constructor(baseDir: string, logger: Logger) {
    this.#baseDir = baseDir
    this.#logger = logger
  }

  has(path: string, address: string): boolean {
    return this.#followed.get(path)?.list.has(address) ?? false
  }

  /** How many files are followed. */
  get size(): number {
    return this.#followed.size
  }

  /** Follows the files of these filters from now on, and no others. New ones are read at once. */
  use(filters: readonly IpFilterConfig[]): void {
    const before = this.#followed
    const paths = filters.flatMap(({ whitelistFile, blacklistFile }) => [whitelistFile, blacklistFile])
    const now = new Map<string, Followed>()
    for (const path of paths) {
      if (path !== undefined && !now.has(path)) now.set(path, before.get(path) ?? this.#follow(path))
    }
    this.#followed = now
    for (const [path, { watching }] of before) if (!now.has(path)) watching.abort()
  }

  stop(): void {
    for (const { watching } of this.#followed.values()) watching.abort()
  }

  #follow(path: string): Followed {
    const followed: Followed = { list: prefixSet([]), hasBeenWhole: false, watching: new AbortController() }
    followAddressList({
      path: resolve(this.#baseDir, path),
      signal: followed.watching.signal,
      report: (message) => this.#logger.warn(message),
      onRead: (file) => {
        if (file.kind === 'problem') {
          const outcome = followed.hasBeenWhole ? 'the list stays as it was' : 'its other lines count'
          this.#logger.error(`${file.problem} (${outcome})`)
          if (followed.hasBeenWhole) return
        } else {
          followed.hasBeenWhole = true
          const { length } = file.networks
          this.#logger.info(
            { event: 'address_list', file: path },
            `${path}: ${length} ${length === 1 ? 'network' : 'networks'}`,
          )
        }
        followed.list = prefixSet(file.networks)
      },
    })
    return followed
  }
}
