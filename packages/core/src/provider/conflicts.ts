import type { Claim } from '../router/routing-table.ts'
import type { Server } from '../server/server.ts'

/** A good server with what decides when two claim the same thing. */
export interface Claimant {
  readonly server: Server
  readonly key: string
  readonly precedence: number
  /** Place of its provider in the configuration. */
  readonly providerOrder: number
}

export interface ReservedDomain {
  readonly domain: string
  readonly source: string
}

/** Two servers that are online claim one thing. */
export interface Conflict {
  readonly over: 'id' | 'domain' | 'default'
  /** The id or domain; the loser's id for `default`. */
  readonly name: string
  readonly winner: Server
  readonly loser: Server
}

export interface Settled {
  /** Every server that is served or answered for, ids unique. */
  readonly servers: readonly Server[]
  readonly domains: ReadonlyMap<string, Claim>
  readonly defaultServer: Server | undefined
  readonly conflicts: readonly Conflict[]
}

/**
 * Decides who has which id and which domain. Online servers come before others, so a loser takes over in the moment its
 * winner stops and gives back when it returns; then the lower precedence, the provider's place and the key decide, so no
 * order of events shows. Only a lost id costs a server all its names (they stay reserved); a lost domain only that one.
 */
export function settle(claimants: readonly Claimant[], reserved: readonly ReservedDomain[]): Settled {
  const servers = new Map<string, Server>()
  const domains = new Map<string, Claim>()
  const conflicts: Conflict[] = []
  const lostIds: Server[] = []
  let defaultServer: Server | undefined

  const compete = (over: Conflict['over'], name: string, winner: Server, loser: Server) => {
    if (winner.state === 'online' && loser.state === 'online') conflicts.push({ over, name, winner, loser })
  }

  for (const { server } of [...claimants].sort(byRank)) {
    const sameId = servers.get(server.id)
    if (sameId !== undefined) {
      compete('id', server.id, sameId, server)
      lostIds.push(server)
      continue
    }
    servers.set(server.id, server)
    for (const domain of new Set(server.domains)) {
      const holder = domains.get(domain)
      if (holder === undefined) domains.set(domain, { kind: 'server', server })
      else if (holder.kind === 'server') compete('domain', domain, holder.server, server)
    }
    if (!server.isDefault) continue
    if (defaultServer === undefined) defaultServer = server
    else compete('default', server.id, defaultServer, server)
  }

  const lostWithId = lostIds.flatMap(({ domains, source }) => domains.map((domain) => ({ domain, source })))
  // Sorted, because the first of several rejected definitions is named in the answer.
  for (const { domain, source } of [...reserved, ...lostWithId].sort((a, b) => (a.source < b.source ? -1 : 1)))
    if (!domains.has(domain)) domains.set(domain, { kind: 'reserved', source })

  return { servers: [...servers.values()], domains, defaultServer, conflicts }
}

/** One line for the log, the same for the same conflict. */
export function conflictText({ over, name, winner, loser }: Conflict): string {
  const what = over === 'default' ? 'the place of the default server' : `the ${over} "${name}"`
  const remedy = over === 'id' ? 'give one of them another id' : 'remove it from one of them'
  return `${what} is claimed by ${winner.source} and by ${loser.source}; ${winner.source} has it, ${remedy}`
}

function byRank(a: Claimant, b: Claimant): number {
  return (
    Number(b.server.state === 'online') - Number(a.server.state === 'online') ||
    a.precedence - b.precedence ||
    a.providerOrder - b.providerOrder ||
    (a.key < b.key ? -1 : Number(a.key > b.key))
  )
}
