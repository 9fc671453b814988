import { networkInterfaces } from 'node:os'
import { canonicalAddress } from '@infrarust/proxy-protocol'
import type { SocketAddress } from '../addresses/socket-address.ts'

/** Where `OwnEndpoints` learns of this machine's addresses and of the time; for tests. */
export interface OwnEndpointsOptions {
  /** The addresses of this machine's interfaces; a link-local one with its zone, by name and by number. */
  readonly interfaceAddresses?: () => readonly string[]
  /** Monotonic milliseconds. */
  readonly now?: () => number
}

/** How old the list of interface addresses may be: reading it costs a hundred times what a dial's decision does. */
const INTERFACES_MS = 5_000

/**
 * Where this proxy listens, as a dial would meet it. A server whose address is one of these leads back to the proxy: each
 * login would dial another one, until no descriptor is left.
 */
export class OwnEndpoints {
  /** The addresses bound, by port; Unix sockets have none. */
  readonly #bound = new Map<number | undefined, string[]>()
  readonly #interfaceAddresses: () => readonly string[]
  readonly #now: () => number
  #ofThisMachine: ReadonlySet<string> = new Set()
  #readAt = Number.NEGATIVE_INFINITY

  constructor({ interfaceAddresses = addressesOfInterfaces, now = () => performance.now() }: OwnEndpointsOptions = {}) {
    this.#interfaceAddresses = interfaceAddresses
    this.#now = now
  }

  /** @param endpoint as it was bound, so with the port that the system has chosen for 0 */
  add({ address, port }: SocketAddress): void {
    const bound = this.#bound.get(port)
    const own = canonicalAddress(address) ?? address
    if (bound === undefined) this.#bound.set(port, [own])
    else bound.push(own)
  }

  /**
   * Whether a dial there would end at one of our own listeners.
   *
   * @param address an IP address in any form, a zone included, or a Unix socket
   */
  has({ address, port }: SocketAddress): boolean {
    const bound = this.#bound.get(port)
    if (bound === undefined) return false
    const target = reachedBy(address)
    return bound.some((own) => own === target || (covers(own, target) && this.#isOfThisMachine(target, address)))
  }

  #isOfThisMachine(target: string, written: string): boolean {
    if (target.startsWith('127.') || target === '::1') return true
    if (this.#now() - this.#readAt >= INTERFACES_MS) {
      this.#readAt = this.#now()
      this.#ofThisMachine = new Set(this.#interfaceAddresses())
    }
    // The same link-local address may be a neighbour's on another link.
    const zone = written.includes('%') ? written.slice(written.indexOf('%')) : ''
    return this.#ofThisMachine.has(target) || this.#ofThisMachine.has(target + zone)
  }
}

/** Where the system sends a dial to this address: one to a wildcard goes to loopback. */
function reachedBy(address: string): string {
  const target = canonicalAddress(address) ?? address
  if (target === '0.0.0.0') return '127.0.0.1'
  return target === '::' ? '::1' : target
}

/** Whether a listener bound to a wildcard takes what comes to this address; `::` takes IPv4, too, as we bind it. */
function covers(own: string, target: string): boolean {
  return own === '::' || (own === '0.0.0.0' && !target.includes(':'))
}

function addressesOfInterfaces(): readonly string[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses.flatMap((each) => {
      const address = canonicalAddress(each.address)
      if (address === undefined) return []
      const isLinkLocal = each.family === 'IPv6' && each.scopeid > 0
      return isLinkLocal ? [`${address}%${name}`, `${address}%${each.scopeid}`] : [address]
    }),
  )
}
