import type { Socket } from 'node:net'
import { canonicalAddress, clientKey, DEFAULT_CLIENT_PREFIXES } from '@infrarust/core'
import { ClientCounts } from './client-counts.ts'

/** Under way at the same time; a browser begins six. */
const MAX_UNDER_WAY = 16
/** In a minute beside one for each request: files of the page are not among these. */
const FOR_FILES = 60

/** Both ends of a connection as far as they are told. */
type Peer = Pick<Socket, 'remoteAddress' | 'remotePort'>

/**
 * Bounds the TLS handshakes of one client. Each takes more of the processor than a login, and whoever makes them needs no
 * key: without a bound they would take it from the players.
 */
export class Handshakes {
  readonly #requestsPerMinute: () => number
  readonly #counts: ClientCounts
  /** Of each client its peers, by address and port. */
  readonly #underWay = new Map<string, Set<string>>()

  /**
   * @param requestsPerMinute how often a client may ask, for which it needs no more handshakes than that; 0: no limit
   * @param counts of their minutes
   */
  constructor(requestsPerMinute: () => number, counts: ClientCounts = new ClientCounts()) {
    this.#requestsPerMinute = requestsPerMinute
    this.#counts = counts
  }

  /** @returns whether it may; it is under way then until `end` */
  begin(peer: Peer): boolean {
    const client = clientOf(peer)
    const underWay = this.#underWay.get(client) ?? new Set()
    if (underWay.size >= MAX_UNDER_WAY) return false
    const requests = this.#requestsPerMinute()
    if (requests > 0 && this.#counts.add(client).count > requests + FOR_FILES) return false
    this.#underWay.set(client, underWay.add(nameOf(peer)))
    return true
  }

  /** It is through, or will never be; once more does no harm. */
  end(peer: Peer): void {
    const client = clientOf(peer)
    const underWay = this.#underWay.get(client)
    underWay?.delete(nameOf(peer))
    if (underWay?.size === 0) this.#underWay.delete(client)
  }
}

/** As its requests are counted: of IPv6 a /64. */
function clientOf({ remoteAddress = '' }: Peer): string {
  return clientKey(canonicalAddress(remoteAddress) ?? remoteAddress, DEFAULT_CLIENT_PREFIXES)
}

function nameOf({ remoteAddress, remotePort }: Peer): string {
  return `${remoteAddress} ${remotePort}`
}
