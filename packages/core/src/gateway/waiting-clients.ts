import type { Connection } from '../connection/connection.ts'
import { AddressSets } from '../filter/address-sets.ts'
import { ClientHash } from '../limit/client-hash.ts'
import type { RateLimitConfig } from '../limit/rate-limit-keys.ts'
import { ConnectionMap } from '../transport/connection-map.ts'
import { AgeList, type Place } from './age-list.ts'

/** What of `[rate_limit]` is about connections that have not said all they have to say. */
export type PendingLimits = Pick<RateLimitConfig, 'maxPending' | 'exempt' | 'ipv4Prefix' | 'ipv6Prefix'>

/** The place of a connection among those of its client. */
export interface ClientPlace<OpenConnection> {
  readonly client: WaitingClient<OpenConnection>
  readonly place: Place<OpenConnection>
}

/** What is asked of a waiting one. */
interface Waiting {
  readonly connection: Connection
}

interface WaitingClient<OpenConnection> {
  readonly number: number
  readonly list: AgeList<OpenConnection>
}

/**
 * Connections that have not said all they have to say, by client. As large as there are such connections, whatever went
 * before.
 */
export class WaitingClients<OpenConnection extends Waiting> {
  readonly #hash = new ClientHash()
  readonly #sets = new AddressSets()
  readonly #clients = new ConnectionMap<WaitingClient<OpenConnection>>()
  #limits: PendingLimits

  constructor(limits: PendingLimits) {
    this.#limits = limits
  }

  /** Takes effect for the next connection; what was counted stays counted. */
  use(limits: PendingLimits): void {
    this.#limits = limits
  }

  /** @returns its place; undefined where it does not count, or not yet */
  add(entry: OpenConnection): ClientPlace<OpenConnection> | undefined {
    const { connection } = entry
    if (this.#limits.maxPending === 0 || !this.#counts(connection)) return undefined
    const number = this.#numberOf(connection.facts.client.address)
    let client = this.#clients.get(number)
    if (client === undefined) {
      client = { number, list: new AgeList() }
      this.#clients.set(number, client)
    }
    return { client, place: client.list.add(entry) }
  }

  /** Takes out what `add` gave; once. */
  remove({ client, place }: ClientPlace<OpenConnection>): void {
    client.list.remove(place)
    if (client.list.size === 0) this.#clients.delete(client.number)
  }

  /** This client's oldest, where it has more than it may. */
  surplus({ client: { list } }: ClientPlace<OpenConnection>): OpenConnection | undefined {
    const { maxPending } = this.#limits
    return maxPending > 0 && list.size > maxPending ? list.oldest : undefined
  }

  #counts(connection: Connection): boolean {
    return (
      !connection.facts.isHealthCheck &&
      // All players behind a load balancer are one peer.
      !connection.mayBecomeAnother &&
      !this.#sets.has(this.#limits.exempt, connection.facts.client.address)
    )
  }

  /** 53 bits of a keyed hash: who picks addresses cannot make two of them meet. */
  #numberOf(address: string): number {
    const { ipv4Prefix, ipv6Prefix } = this.#limits
    const [low = 0, high = 0] = this.#hash.of(address, { ipv4: ipv4Prefix, ipv6: ipv6Prefix }, '')
    return (high >>> 11) * 2 ** 32 + low
  }
}
