import { type AddressListFile, type FollowedList, followAddressList } from '@infrarust/config-file'
import { prefixSet } from '@infrarust/core'
import type { Logger } from 'pino'

/** A file of `trusted_file`, for as long as some listener names it. */
interface Followed {
  networks: AddressListFile['networks']
  hosts: readonly string[]
  /** The networks, made searchable. */
  table: ReturnType<typeof prefixSet>
  /** Whether a file without a fault was ever read: from then on a faulty one changes nothing. */
  hasBeenWhole: boolean
  /** Why what is in force is not what the file says, or not all of it; one line. */
  problem: string | undefined
  readonly watching: AbortController
  source: FollowedList | undefined
}

/**
 * The files of `trusted_file`, read and followed. One that cannot be read stays as it was, and trusts nobody where it never
 * was; one that is empty is read, and trusts nobody.
 */
export class TrustedFiles {
  readonly #logger: Logger
  readonly #onHosts: () => void
  /** By their absolute paths. */
  #followed: ReadonlyMap<string, Followed> = new Map()

  /** @param onHosts told when a file that is followed may have other names in it */
  constructor(logger: Logger, onHosts: () => void) {
    this.#logger = logger
    this.#onHosts = onHosts
  }

  /** The networks of a file and its names, as they are in force. */
  get(path: string): Pick<Followed, 'networks' | 'hosts' | 'table'> | undefined {
    return this.#followed.get(path)
  }

  /** What is wrong with the files now, one line each. */
  get problems(): readonly string[] {
    return [...this.#followed.values()].flatMap(({ problem }) => problem ?? [])
  }

  /** Follows these files from now on, and no others. New ones are read at once. */
  use(paths: readonly string[]): void {
    const before = this.#followed
    const now = new Map<string, Followed>()
    for (const path of paths) if (!now.has(path)) now.set(path, before.get(path) ?? this.#follow(path))
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

  #follow(path: string): Followed {
    const watching = new AbortController()
    const nothing = { networks: [], hosts: [], table: prefixSet([]), hasBeenWhole: false }
    const followed: Followed = { ...nothing, problem: undefined, watching, source: undefined }
    followed.source = followAddressList({
      path,
      mayHoldHosts: true,
      signal: watching.signal,
      report: (message) => this.#logger.warn(message),
      onRead: (file) => this.#take(followed, file, path),
    })
    return followed
  }

  #take(followed: Followed, file: AddressListFile, path: string): void {
    const isKept = file.kind === 'problem' && followed.hasBeenWhole
    followed.problem = file.kind === 'problem' ? `${file.problem} (${fateOf(file, followed)})` : undefined
    if (followed.problem !== undefined) this.#logger.error(followed.problem)
    if (isKept) return
    const { networks, hosts, warning } = file
    if (file.kind === 'list') {
      followed.hasBeenWhole = true
      const isEmpty = networks.length + hosts.length === 0
      const said = isEmpty ? 'is empty, so it trusts nobody' : `trusted: ${entriesText(file)}`
      this.#logger[isEmpty ? 'warn' : 'info']({ event: 'trusted_file', file: path }, `${path}: ${said}`)
    }
    if (warning !== undefined) this.#logger.warn(warning)
    followed.networks = networks
    followed.hosts = hosts
    followed.table = prefixSet(networks)
    this.#onHosts()
  }
}

function fateOf(file: AddressListFile, before: Followed): string {
  if (before.hasBeenWhole) return `what was read before stays trusted: ${entriesText(before)}`
  const { length } = [...file.networks, ...file.hosts]
  return length === 0
    ? 'it trusts nobody until it can be read'
    : `its other lines count until it is mended: ${entriesText(file)}`
}

function entriesText({ networks, hosts }: Pick<Followed, 'networks' | 'hosts'>): string {
  return `${counted(networks.length, 'network')}, ${counted(hosts.length, 'name')}`
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
