import type { ClientFacts, IntentFacts, Refusal } from '../policy/facts.ts'
import type { Policy } from '../policy/policy.ts'
import { AddressSets, type ListFiles } from './address-sets.ts'
import type { FilteredServer, IpFilterConfig } from './ip-filter-keys.ts'

const FILTERED: Refusal = { reason: 'filtered' }

/**
 * `[ip_filter]`: the global one before the handshake is read, a server's as soon as the server is known. A blacklist always
 * wins, whichever of the two it stands in.
 */
export class IpFilter implements Policy<FilteredServer> {
  readonly name = 'ip filter'
  readonly #sets = new AddressSets()
  readonly #files: ListFiles
  #config: IpFilterConfig

  constructor(config: IpFilterConfig, files: ListFiles) {
    this.#config = config
    this.#files = files
  }

  /** Takes effect for the next question; nobody who is in is asked again. */
  use(config: IpFilterConfig): void {
    this.#config = config
  }

  admitClient(client: ClientFacts): Refusal | undefined {
    return this.#judge(this.#config, client)
  }

  admitToServer(client: ClientFacts, _: IntentFacts, server: FilteredServer | undefined): Refusal | undefined {
    return server === undefined ? undefined : this.#judge(server.ipFilter, client)
  }

  /** The lists may have changed while the player waited. */
  readmit(client: ClientFacts, server: FilteredServer): Refusal | undefined {
    return this.#judge(this.#config, client) ?? this.#judge(server.ipFilter, client)
  }

  #judge(filter: IpFilterConfig, { client: { address }, isHealthCheck }: ClientFacts): Refusal | undefined {
    const { whitelist, whitelistFile, blacklist, blacklistFile } = filter
    if (this.#isListed(blacklist, blacklistFile, address)) return FILTERED
    // A load balancer is on no list of players. It could as well claim an address that is: its headers are believed.
    const asksForWhitelist = !isHealthCheck && (whitelist.length > 0 || whitelistFile !== undefined)
    return asksForWhitelist && !this.#isListed(whitelist, whitelistFile, address) ? FILTERED : undefined
  }

  #isListed(list: IpFilterConfig['whitelist'], file: string | undefined, address: string): boolean {
    return this.#sets.has(list, address) || (file !== undefined && this.#files.has(file, address))
  }
}
