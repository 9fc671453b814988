import type { AccessRecord, LiveConnection } from '@infrarust/core'
import type { Part } from './part.ts'

/** Headers of one kind from one peer. */
export interface SeenHeader {
  readonly peer: string
  /** `v2 PROXY`, `v1 UNKNOWN`, or `refused` where what came was not believed. */
  readonly header: string
  readonly count: number
  /** Epoch milliseconds. */
  readonly lastAt: number
}

/** Kinds that are remembered, over all listeners: load balancers are few, and a flood must not fill the house. */
const MAX_KINDS = 256

/** Which PROXY headers came lately, and from whom: half of every mismatch is seen here. */
export class SeenHeaders implements Part {
  readonly #byPeer = new Map<string, Kind[]>()
  #size = 0
  /** Most connections come from the peer of the one before. */
  #latest: Kind | undefined

  /** At the end of each connection. */
  record({ listener, peer, proxy_version, proxy_command, reason }: AccessRecord): void {
    if (proxy_version !== undefined) this.#see(listener, peer, headerText(proxy_version, proxy_command))
    else if (reason === 'proxy_protocol') this.#see(listener, peer, 'refused')
  }

  /** Those of a listener, the latest first; the sessions that go on are counted too. */
  of(listener: string, live: readonly LiveConnection[]): readonly SeenHeader[] {
    const found = new Map<string, SeenHeader>()
    const count = (each: SeenHeader): void => {
      const key = `${each.peer} ${each.header}`
      const known = found.get(key)
      const sum =
        known === undefined
          ? each
          : { ...each, count: known.count + each.count, lastAt: Math.max(known.lastAt, each.lastAt) }
      found.set(key, sum)
    }
    for (const { listener: name, ...sighting } of this.#kinds()) if (name === listener) count(sighting)
    for (const { listener: name, peer, receivedHeader } of live) {
      if (name !== listener || receivedHeader === undefined) continue
      const header = headerText(receivedHeader.version, receivedHeader.command)
      count({ peer: peer.address, header, count: 1, lastAt: Date.now() })
    }
    return [...found.values()].sort((a, b) => b.lastAt - a.lastAt)
  }

  /** Every connection passes here: what is known already is only counted, and no key is put together to find it. */
  #see(listener: string, peer: string, header: string): void {
    const isMeant = (kind: Kind): boolean => kind.peer === peer && kind.header === header && kind.listener === listener
    if (this.#latest === undefined || !isMeant(this.#latest))
      this.#latest = this.#byPeer.get(peer)?.find(isMeant) ?? this.#add({ listener, peer, header, count: 0, lastAt: 0 })
    this.#latest.count++
    this.#latest.lastAt = Date.now()
  }

  #add(kind: Kind): Kind {
    if (this.#size === MAX_KINDS) this.#forgetOldest()
    const ofPeer = this.#byPeer.get(kind.peer) ?? []
    ofPeer.push(kind)
    this.#byPeer.set(kind.peer, ofPeer)
    this.#size++
    return kind
  }

  #forgetOldest(): void {
    let oldest: Kind | undefined
    for (const kind of this.#kinds()) if (oldest === undefined || kind.lastAt < oldest.lastAt) oldest = kind
    if (oldest === undefined) return
    const left = this.#byPeer.get(oldest.peer)?.filter((kind) => kind !== oldest) ?? []
    if (left.length > 0) this.#byPeer.set(oldest.peer, left)
    else this.#byPeer.delete(oldest.peer)
    this.#size--
  }

  *#kinds(): Iterable<Kind> {
    for (const kinds of this.#byPeer.values()) yield* kinds
  }
}

const HEADERS = {
  1: { PROXY: 'v1 PROXY', LOCAL: 'v1 LOCAL', UNKNOWN: 'v1 UNKNOWN' },
  2: { PROXY: 'v2 PROXY', LOCAL: 'v2 LOCAL', UNKNOWN: 'v2 UNKNOWN' },
} as const

function headerText(version: 1 | 2, command: 'PROXY' | 'LOCAL' | 'UNKNOWN' = 'UNKNOWN'): string {
  return HEADERS[version][command]
}

interface Kind {
  readonly listener: string
  readonly peer: string
  readonly header: string
  count: number
  lastAt: number
}
