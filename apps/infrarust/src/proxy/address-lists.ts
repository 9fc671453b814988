import { resolve } from 'node:path'
import { type AddressListFile, type FollowedAddressList, followAddressList } from '@infrarust/config-file'
import { type IpFilterConfig, type ListFiles, prefixSet } from '@infrarust/core'
import type { Logger } from 'pino'

/** What is searched for an address. */
type List = ReturnType<typeof prefixSet>

/** A list from a file, for as long as some filter names it. */
interface Followed {
  list: List
  /** How many networks are in force. */
  networks: number
  /** Whether a file without a fault was ever read: from then on a faulty one changes nothing. */
  hasBeenWhole: boolean
  /** Why what is in force is not what the file says, or not all of it; one line. */
  problem: string | undefined
  readonly watching: AbortController
  source: FollowedAddressList | undefined
}

/** What a list is for: nothing being on it means the opposite. */
type Role = 'whitelist' | 'blacklist'

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

  /** What is wrong with the files now, one line each. */
  get problems(): readonly string[] {
    return [...this.#followed.values()].flatMap(({ problem }) => problem ?? [])
  }

  /** Follows the files of these filters from now on, and no others. New ones are read at once. */
  use(filters: readonly IpFilterConfig[]): void {
    const before = this.#followed
    const now = new Map<string, Followed>()
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

  #follow(path: string, role: Role): Followed {
    const watching = new AbortController()
    const nothing = { list: prefixSet([]), networks: 0, hasBeenWhole: false, problem: undefined, source: undefined }
    const followed: Followed = { ...nothing, watching }
    followed.source = followAddressList({
      path: resolve(this.#baseDir, path),
      signal: watching.signal,
      report: (message) => this.#logger.warn(message),
      onRead: (file) => this.#take(followed, file, path, role),
    })
    return followed
  }

  #take(followed: Followed, file: AddressListFile, path: string, role: Role): void {
    const { isTaken, problem } = fateOf(file, followed, path, role)
    followed.problem = problem
    if (problem !== undefined) this.#logger.error(problem)
    if (!isTaken) return
    const { networks } = file
    if (file.kind === 'list') {
      followed.hasBeenWhole = true
      this.#logger.info({ event: 'address_list', file: path }, `${path}: ${numberOf(networks.length)}`)
    }
    if (file.warning !== undefined) this.#logger.warn(file.warning)
    followed.list = prefixSet(networks)
    followed.networks = networks.length
  }
}

/** Whether what a file says now comes into force, and what is wrong with it. */
function fateOf(
  file: AddressListFile,
  before: Followed,
  path: string,
  role: Role,
): { readonly isTaken: boolean; readonly problem: string | undefined } {
  const { length } = file.networks
  if (file.kind === 'list') {
    if (length > 0 || before.networks === 0) return { isTaken: true, problem: undefined }
    // A full disk or a half-done download must not let everybody in, or shut everybody out.
    const problem = `${path}: is empty now (its ${numberOf(before.networks)} stay; if it is meant to be empty, restart)`
    return { isTaken: false, problem }
  }
  if (before.hasBeenWhole) return { isTaken: false, problem: `${file.problem} (the list stays as it was)` }
  if (length > 0) return { isTaken: true, problem: `${file.problem} (its other lines count: ${numberOf(length)})` }
  if (before.networks > 0)
    return { isTaken: false, problem: `${file.problem} (the ${numberOf(before.networks)} read before stay)` }
  const effect = role === 'blacklist' ? 'this blacklist keeps nobody out' : 'this whitelist lets nobody in'
  return { isTaken: true, problem: `${file.problem} (no network was read: ${effect})` }
}

function numberOf(networks: number): string {
  return `${networks} ${networks === 1 ? 'network' : 'networks'}`
}
