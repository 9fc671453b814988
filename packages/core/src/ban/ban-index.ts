import { parseCidr } from '../addresses/cidr.ts'
import { PrefixTable } from '../addresses/prefix-table.ts'
import type { Cidr } from '../config/cidr.ts'
import { type Ban, isInForce } from './ban.ts'
import { type BanTarget, banKey, nameKey } from './target.ts'

/** What changed: a ban that replaces another one for its target is only in `added`. */
export interface BanChange {
  readonly added: readonly Ban[]
  readonly removed: readonly Ban[]
}

/** The bans of a store as connections ask for them: in memory, by what is known of a client. Times are epoch milliseconds. */
export interface Bans {
  get(target: BanTarget): Ban | undefined
  /** The ban in force for this canonical address, or for the smallest network around it. */
  forClient(address: string, now: number): Ban | undefined
  /** The ban in force for this name, or for a UUID that was banned with it. */
  forPlayer(name: string, now: number): Ban | undefined
  /** All that are in force, oldest first. */
  list(now: number): readonly Ban[]
}

export class BanIndex implements Bans {
  readonly #bans = new Map<string, Ban>()
  /** Bans of UUIDs by the name that they were made with. */
  readonly #uuidsByName = new Map<string, Map<string, Ban>>()
  /** Made when it is asked for: of many changes in a row only the last is paid for. */
  #networks: PrefixTable<Ban> | undefined
  /** Networks that came after that table was made, in a small one of their own: a large one costs a tenth of a second. */
  #recent: readonly Ban[] = []
  #recentNetworks: PrefixTable<Ban> | undefined

  /** Takes a store's whole content over, and says what that changes. */
  replace(bans: readonly Ban[]): BanChange {
    const kept = new Set(bans.map(({ target }) => banKey(target)))
    const gone = [...this.#bans.values()].filter(({ target }) => !kept.has(banKey(target)))
    return { added: this.add(bans), removed: this.remove(gone.map(({ target }) => target)) }
  }

  /** @returns those that were not there in just this form */
  add(bans: readonly Ban[]): readonly Ban[] {
    const added = bans.filter((ban) => !isSame(ban, this.get(ban.target)))
    for (const ban of added) {
      this.#forget(ban.target)
      this.#bans.set(banKey(ban.target), ban)
      if (ban.target.type === 'cidr') this.#addNetwork(ban)
      if (ban.target.type === 'uuid' && ban.playerName !== undefined) this.#byName(ban.playerName, ban)
    }
    return added
  }

  /** @returns those that were there */
  remove(targets: readonly BanTarget[]): readonly Ban[] {
    return targets.flatMap((target) => this.#forget(target) ?? [])
  }

  get(target: BanTarget): Ban | undefined {
    return this.#bans.get(banKey(target))
  }

  forClient(address: string, now: number): Ban | undefined {
    const single = this.#bans.get(banKey({ type: 'ip', value: address }))
    if (single !== undefined && isInForce(single, now)) return single
    const found = this.#inNetworks(address, now)
    if (found === undefined || isInForce(found, now)) return found
    // One has expired in its table, and a wider one may stand behind it.
    this.#forgetNetworks()
    return this.#inNetworks(address, now)
  }

  forPlayer(name: string, now: number): Ban | undefined {
    const own = this.#bans.get(nameKey(name))
    if (own !== undefined && isInForce(own, now)) return own
    const uuids = this.#uuidsByName.get(nameKey(name))
    return uuids === undefined ? undefined : [...uuids.values()].find((ban) => isInForce(ban, now))
  }

  list(now: number): readonly Ban[] {
    return [...this.#bans.values()].filter((ban) => isInForce(ban, now)).sort((a, b) => a.createdAt - b.createdAt)
  }

  #forget(target: BanTarget): Ban | undefined {
    const key = banKey(target)
    const ban = this.#bans.get(key)
    if (ban === undefined) return undefined
    this.#bans.delete(key)
    if (target.type === 'cidr') this.#forgetNetworks()
    if (ban.playerName !== undefined) {
      const uuids = this.#uuidsByName.get(nameKey(ban.playerName))
      uuids?.delete(key)
      if (uuids?.size === 0) this.#uuidsByName.delete(nameKey(ban.playerName))
    }
    return ban
  }

  #byName(name: string, ban: Ban): void {
    const uuids = this.#uuidsByName.get(nameKey(name)) ?? new Map<string, Ban>()
    this.#uuidsByName.set(nameKey(name), uuids.set(banKey(ban.target), ban))
  }

  #inNetworks(address: string, now: number): Ban | undefined {
    this.#networks ??= new PrefixTable(networksOf([...this.#bans.values()].filter((ban) => isInForce(ban, now))))
    this.#recentNetworks ??= new PrefixTable(networksOf(this.#recent.filter((ban) => isInForce(ban, now))))
    return this.#recentNetworks.find(address) ?? this.#networks.find(address)
  }

  #addNetwork(ban: Ban): void {
    if (this.#networks === undefined) return
    this.#recent = [...this.#recent, ban]
    this.#recentNetworks = undefined
    if (this.#recent.length > MAX_RECENT) this.#forgetNetworks()
  }

  #forgetNetworks(): void {
    this.#networks = undefined
    this.#recentNetworks = undefined
    this.#recent = []
  }
}

/** So many are a table that costs next to nothing to make. */
const MAX_RECENT = 256

/** The networks among these bans, for a table. */
export function networksOf(bans: readonly Ban[]): readonly (readonly [Cidr, Ban])[] {
  return bans.flatMap((ban): (readonly [Cidr, Ban])[] => {
    if (ban.target.type !== 'cidr') return []
    const parsed = parseCidr(ban.target.value)
    return parsed.kind === 'cidr' ? [[parsed.cidr, ban]] : []
  })
}

function isSame(ban: Ban, other: Ban | undefined): boolean {
  return (
    other !== undefined &&
    ban.target.value === other.target.value &&
    ban.playerName === other.playerName &&
    ban.reason === other.reason &&
    ban.source === other.source &&
    ban.createdAt === other.createdAt &&
    ban.expiresAt === other.expiresAt
  )
}
