import { PROTOCOL_VERSIONS } from '@infrarust/minecraft'
import type { MotdEntry } from '../messages/motd-keys.ts'
import type { Server } from '../server/server.ts'
import type { FetchedStatus } from './fetch-status.ts'
import { ANY_PROTOCOL, type StatusKey } from './status-cache-key.ts'

/** What is known of one server under one name for one version of the game. */
export interface KeptStatus {
  readonly owner: ServerStatuses
  readonly key: string
  readonly protocol: number
  outcome: Outcome | undefined
  /** Resolves, whatever comes of it, when `outcome` is new. */
  fetching: Promise<void> | undefined
  /** `outcome` as it was last shown, with `motd` in it and its text filled in. */
  shown: Shown | undefined
  /** Characters that it was last counted with. */
  units: number
}

interface Shown {
  readonly outcome: Outcome
  readonly motd: MotdEntry
  readonly words: string
  readonly json: string
}

export type Outcome =
  | { readonly kind: 'status'; readonly json: string; readonly rest?: Uint8Array; readonly at: number }
  | (Extract<FetchedStatus, { kind: 'failed' }> & { readonly at: number })

/** Anybody can make up names under a wildcard, and numbers that no release has, or none that is known here. */
const MAX_MADE_UP = 16
const KNOWN_PROTOCOLS: ReadonlySet<number> = new Set([...PROTOCOL_VERSIONS, ANY_PROTOCOL])
const MAX_IN_FLIGHT = 2
const MAX_STARTS = 10
const STARTS_MS = 1_000

/** The statuses of one server, and how often it may be asked. */
export class ServerStatuses {
  readonly id: string
  failureNoticedAt: number | undefined
  readonly #place: string
  #server: Server
  /** Under the server's own names, least recently used first. */
  readonly #named = new Map<string, KeptStatus>()
  /** Under those names too, for versions of the game that are not in the table: mostly newer ones. */
  readonly #otherVersions = new Map<string, KeptStatus>()
  /** Under names that a wildcard, or being the default server, leads here. */
  readonly #madeUp = new Map<string, KeptStatus>()
  #inFlight = 0
  /** Times of the last starts, oldest first. */
  #starts: readonly number[] = []

  constructor(server: Server) {
    this.id = server.id
    this.#server = server
    this.#place = placeOf(server)
  }

  /** Whether what is kept holds for this definition too: an edited text does not move the server. */
  isOf(server: Server): boolean {
    if (server === this.#server) return true
    if (placeOf(server) !== this.#place) return false
    this.#server = server
    return true
  }

  get #groups(): readonly Map<string, KeptStatus>[] {
    return [this.#named, this.#otherVersions, this.#madeUp]
  }

  get entries(): readonly KeptStatus[] {
    return this.#groups.flatMap((entries) => [...entries.values()])
  }

  find({ domain, protocol }: StatusKey): KeptStatus | undefined {
    const key = textOf(domain, protocol)
    return this.#named.get(key) ?? this.#otherVersions.get(key) ?? this.#madeUp.get(key)
  }

  /** One more entry, in the place of the least recently used where there may be no more. */
  add({ domain, protocol }: StatusKey): { readonly added: KeptStatus; readonly replaced: KeptStatus | undefined } {
    const isNamed = domain === undefined || this.#server.domains.includes(domain)
    const known = KNOWN_PROTOCOLS.has(protocol) ? this.#named : this.#otherVersions
    const entries = isNamed ? known : this.#madeUp
    const key = textOf(domain, protocol)
    const added: KeptStatus = {
      owner: this,
      key,
      protocol,
      outcome: undefined,
      fetching: undefined,
      shown: undefined,
      units: 0,
    }
    let replaced: KeptStatus | undefined
    if (entries !== this.#named && entries.size >= MAX_MADE_UP) {
      replaced = [...entries.values()].find(({ fetching }) => fetching === undefined)
      if (replaced !== undefined) entries.delete(replaced.key)
    }
    entries.set(added.key, added)
    return { added, replaced }
  }

  remove({ key }: KeptStatus): void {
    for (const entries of this.#groups) entries.delete(key)
  }

  touch(entry: KeptStatus): void {
    const entries = this.#groups.find((group) => group.get(entry.key) === entry)
    entries?.delete(entry.key)
    entries?.set(entry.key, entry)
  }

  /** The most recent outcome of a kind under whatever name, for one version of the game or for any. */
  newest(kind: Outcome['kind'], protocol?: number): KeptStatus | undefined {
    let newest: KeptStatus | undefined
    for (const entry of this.entries) {
      if (entry.outcome?.kind !== kind || (protocol !== undefined && entry.protocol !== protocol)) continue
      if (newest?.outcome === undefined || entry.outcome.at > newest.outcome.at) newest = entry
    }
    return newest
  }

  /** The end of the first fetch that is under way. */
  get fetching(): Promise<void> | undefined {
    return this.entries.find(({ fetching }) => fetching !== undefined)?.fetching
  }

  /**
   * Begins to ask the server, where it may be asked now.
   *
   * @returns to be called when that is over; undefined where it may not
   */
  start(now: number): (() => void) | undefined {
    this.#starts = this.#starts.filter((at) => now - at < STARTS_MS)
    if (this.#inFlight >= MAX_IN_FLIGHT || this.#starts.length >= MAX_STARTS) return undefined
    this.#starts = [...this.#starts, now]
    this.#inFlight++
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      this.#inFlight--
    }
  }
}

function textOf(domain: string | undefined, protocol: number): string {
  return `${protocol} ${domain ?? ''}`
}

/** All that a backend's answer depends on. */
function placeOf({ addresses, sendProxyProtocol, domainRewrite }: Server): string {
  return JSON.stringify({ addresses, sendProxyProtocol, domainRewrite })
}
