import { clientKey } from '../addresses/client-key.ts'
import { type Ban, isInForce, namesOf } from './ban.ts'
import { type BanTarget, banKey, nameKey } from './target.ts'

/** What changed: a ban that replaces another one for its target is only in `added`. */
export interface BanChange {
  readonly added: readonly Ban[]
  readonly removed: readonly Ban[]
}

/** The bans of a store as connections ask for them: in memory, by what is known of a client. Times are epoch milliseconds. */
export interface Bans {
  /** Whether nobody is banned: then nothing more is asked, and no clock is read. */
  readonly isEmpty: boolean
  get(target: BanTarget): Ban | undefined
  /** The ban in force for this canonical address, or for the smallest network around it. */
  forClient(address: string, now: number): Ban | undefined
  /** The ban in force for this name, or for a UUID that was banned with it. */
  forPlayer(name: string, now: number): Ban | undefined
  /** All that are in force, oldest first. */
  list(now: number): readonly Ban[]
}

/** All bans of a store in memory, found by address, name and UUID without a wait. A store of your own keeps one up to date. */
export class BanIndex implements Bans {
  readonly #bans = new Map<string, Ban>()
  /** Bans of UUIDs by each name that they were made with. */
  readonly #uuidsByName = new Map<string, Map<string, Ban>>()
  readonly #networkSizes = { ipv4: new NetworkSizes(), ipv6: new NetworkSizes() }

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
      if (ban.target.type === 'cidr') this.#sizesLike(ban.target.value).add(prefixOf(ban.target.value))
      if (ban.target.type === 'uuid') for (const name of namesOf(ban)) this.#byName(name, ban)
    }
    return added
  }

  /** @returns those that were there */
  remove(targets: readonly BanTarget[]): readonly Ban[] {
    return targets.flatMap((target) => this.#forget(target) ?? [])
  }

  get isEmpty(): boolean {
    return this.#bans.size === 0
  }

  get(target: BanTarget): Ban | undefined {
    return this.#bans.get(banKey(target))
  }

  forClient(address: string, now: number): Ban | undefined {
    const single = this.#bans.get(banKey({ type: 'ip', value: address }))
    if (single !== undefined && isInForce(single, now)) return single
    // Few sizes are in use at a time, so that each is looked up: a list of networks that is made searchable as a whole
    // takes a tenth of a second to make again, and bans come, go and expire one by one.
    for (const prefix of this.#sizesLike(address).longestFirst) {
      const value = clientKey(address, { ipv4: prefix, ipv6: prefix })
      const network = this.#bans.get(banKey({ type: 'cidr', value }))
      if (network !== undefined && isInForce(network, now)) return network
    }
    return undefined
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
    if (target.type === 'cidr') this.#sizesLike(target.value).remove(prefixOf(target.value))
    for (const name of namesOf(ban)) {
      const uuids = this.#uuidsByName.get(nameKey(name))
      uuids?.delete(key)
      if (uuids?.size === 0) this.#uuidsByName.delete(nameKey(name))
    }
    return ban
  }

  #byName(name: string, ban: Ban): void {
    const uuids = this.#uuidsByName.get(nameKey(name)) ?? new Map<string, Ban>()
    this.#uuidsByName.set(nameKey(name), uuids.set(banKey(ban.target), ban))
  }

  /** Those of the family of this address or network. */
  #sizesLike(text: string): NetworkSizes {
    return text.includes(':') ? this.#networkSizes.ipv6 : this.#networkSizes.ipv4
  }
}

/** How long the prefixes of the banned networks of one family are. */
class NetworkSizes {
  /** The smallest network first. */
  longestFirst: readonly number[] = []
  readonly #counts = new Map<number, number>()

  add(prefix: number): void {
    const count = this.#counts.get(prefix) ?? 0
    this.#counts.set(prefix, count + 1)
    if (count === 0) this.#sort()
  }

  remove(prefix: number): void {
    const left = (this.#counts.get(prefix) ?? 0) - 1
    if (left > 0) this.#counts.set(prefix, left)
    else if (this.#counts.delete(prefix)) this.#sort()
  }

  #sort(): void {
    this.longestFirst = [...this.#counts.keys()].sort((a, b) => b - a)
  }
}

/** Of `198.51.100.0/24`. */
function prefixOf(network: string): number {
  return Number(network.slice(network.indexOf('/') + 1))
}

function isSame(ban: Ban, other: Ban | undefined): boolean {
  return (
    other !== undefined &&
    ban.target.value === other.target.value &&
    ban.playerName === other.playerName &&
    JSON.stringify(ban.otherNames) === JSON.stringify(other.otherNames) &&
    ban.reason === other.reason &&
    ban.source === other.source &&
    ban.createdAt === other.createdAt &&
    ban.expiresAt === other.expiresAt
  )
}
