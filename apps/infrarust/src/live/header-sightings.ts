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
  readonly #kinds = new Map<string, Kind>()

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

  /** Every connection passes here: what is known already is only counted. */
  #see(listener: string, peer: string, header: string): void {
    const key = `${listener} ${peer} ${header}`
    const known = this.#kinds.get(key)
    if (known !== undefined) {
      known.count++
      known.lastAt = Date.now()
      return
    }
    if (this.#kinds.size === MAX_KINDS) this.#forgetOldest()
    this.#kinds.set(key, { listener, peer, header, count: 1, lastAt: Date.now() })
  }

  #forgetOldest(): void {
    const [first, ...others] = this.#kinds
    if (first === undefined) return
    const [key] = others.reduce((oldest, each) => (each[1].lastAt < oldest[1].lastAt ? each : oldest), first)
    this.#kinds.delete(key)
  }
}

interface Kind {
  readonly listener: string
  readonly peer: string
  readonly header: string
  count: number
  lastAt: number
}
