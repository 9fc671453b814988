import type { Server } from '../server/server.ts'
import { isWildcard, Wildcards } from './wildcards.ts'

/** Where a name leads. */
export type Route =
  | { readonly kind: 'server'; readonly server: Server }
  /** Nobody has the name; the default server takes it. */
  | { readonly kind: 'default'; readonly server: Server }
  /** The name's server (or the default one) is starting or offline: answered for, never dialled. */
  | { readonly kind: 'unavailable'; readonly server: Server }
  /** The name belongs to a definition that was rejected: `server_down`, never a wildcard or the default server. */
  | { readonly kind: 'reserved'; readonly source: string }
  | { readonly kind: 'none' }
  /** Nobody known has the name, but a provider has not spoken yet: hold until the next table. */
  | { readonly kind: 'not-ready' }

/** Who has a name: the winner of all that claim it. */
export type Claim =
  | { readonly kind: 'server'; readonly server: Server }
  | { readonly kind: 'reserved'; readonly source: string }

/** What a routing table is made of. */
export interface RoutingTableContent {
  /** One claim for each name or wildcard, in any order. */
  readonly domains: ReadonlyMap<string, Claim>
  readonly defaultServer: Server | undefined
  /** Whether every provider has spoken, or was waited for long enough. */
  readonly isReady: boolean
}

/** The routes of one moment: made once for each change, never changed, swapped as a whole. */
export class RoutingTable {
  readonly #exact = new Map<string, Route>()
  readonly #wildcards: Wildcards<Route>
  readonly #otherwise: Route

  constructor(content: RoutingTableContent) {
    const wildcards: [string, Route][] = []
    for (const [pattern, claim] of content.domains) {
      if (isWildcard(pattern)) wildcards.push([pattern, routeTo(claim)])
      else this.#exact.set(pattern, routeTo(claim))
    }
    this.#wildcards = new Wildcards(wildcards)
    this.#otherwise = otherwise(content)
  }

  /**
   * Exact name, then wildcards by specificity, then the default server.
   *
   * @param domain cleaned up by `cleanDomain`; undefined or '' (legacy pings name none) goes to the default server
   */
  route(domain: string | undefined): Route {
    if (domain === undefined || domain === '') return this.#otherwise
    return this.#exact.get(domain) ?? this.#wildcards.find(domain) ?? this.#otherwise
  }
}

export const EMPTY_ROUTING_TABLE: RoutingTable = new RoutingTable({
  domains: new Map(),
  defaultServer: undefined,
  isReady: false,
})

function routeTo(claim: Claim): Route {
  if (claim.kind === 'reserved') return claim
  const { server } = claim
  return server.state === 'online' ? { kind: 'server', server } : { kind: 'unavailable', server }
}

function otherwise({ isReady, defaultServer }: RoutingTableContent): Route {
  if (!isReady) return { kind: 'not-ready' }
  if (defaultServer === undefined) return { kind: 'none' }
  return { kind: defaultServer.state === 'online' ? 'default' : 'unavailable', server: defaultServer }
}
