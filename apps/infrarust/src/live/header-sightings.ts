import type { AccessRecord, LiveConnection } from '@infrarust/core'

/** Headers of one kind from one peer. */
export interface HeaderSighting {
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
export class HeaderSightings {
  /** The one seen longest ago first. */
  readonly #kinds = new Map<string, HeaderSighting & { readonly listener: string }>()

  /** At the end of each connection. */
  record({ listener, peer, proxy_version, proxy_command, reason }: AccessRecord): void {
    if (proxy_version !== undefined) this.#see(listener, peer, `v${proxy_version} ${proxy_command}`)
    else if (reason === 'proxy_protocol') this.#see(listener, peer, 'refused')
  }

  /** Those of a listener, the latest first; the sessions that go on are counted too. */
  of(listener: string, live: readonly LiveConnection[]): readonly HeaderSighting[] {
    const found = new Map<string, HeaderSighting>()
    const count = (each: HeaderSighting): void => {
      const key = `${each.peer} ${each.header}`
      const known = found.get(key)
      const sum =
        known === undefined
          ? each
          : { ...each, count: known.count + each.count, lastAt: Math.max(known.lastAt, each.lastAt) }
      found.set(key, sum)
    }
    for (const { listener: name, ...sighting } of this.#kinds.values()) if (name === listener) count(sighting)
    for (const { listener: name, peer, receivedHeader } of live) {
      if (name !== listener || receivedHeader === undefined) continue
      const header = `v${receivedHeader.version} ${receivedHeader.command}`
      count({ peer: peer.address, header, count: 1, lastAt: Date.now() })
    }
    return [...found.values()].sort((a, b) => b.lastAt - a.lastAt)
  }

  #see(listener: string, peer: string, header: string): void {
    const key = `${listener} ${peer} ${header}`
    const count = (this.#kinds.get(key)?.count ?? 0) + 1
    this.#kinds.delete(key)
    this.#kinds.set(key, { listener, peer, header, count, lastAt: Date.now() })
    if (this.#kinds.size <= MAX_KINDS) return
    for (const oldest of this.#kinds.keys()) {
      this.#kinds.delete(oldest)
      return
    }
  }
}
