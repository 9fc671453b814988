import type { PathsAnswer } from '../api/answers.ts'
import { networkOf } from './network-of.ts'
import { headerText } from './pick-sessions.ts'
import type { Rated } from './rates.ts'

/** Where on its way a connection passes something: the columns of the picture. */
export const STAGES = ['peer', 'listener', 'received', 'server', 'sent'] as const

export type Stage = (typeof STAGES)[number]

/** All connections that pass the same places. */
export interface PathGroup {
  readonly places: Readonly<Record<Stage, string>>
  readonly connections: readonly Rated[]
  readonly bytesPerSecond: number
}

/** Networks that get a place of their own; the others share one. */
const MAX_NETWORKS = 10
const MAX_SERVERS = 24

/**
 * Groups connections by their ways; the one with most of them first.
 *
 * @param known what the proxy says of ways: whom a listener trusts, and what a server is sent
 */
export function pathsOf(connections: readonly Rated[], known: PathsAnswer['paths']): readonly PathGroup[] {
  const networks = largest(connections, ({ peer }) => networkOf(peer), MAX_NETWORKS)
  const servers = largest(connections, ({ server }) => server ?? NO_SERVER, MAX_SERVERS)
  const sends = new Map(known.flatMap(({ server, sends: each }) => (server === null ? [] : [[server, each] as const])))
  const trusted = new Set(known.filter((each) => each.trusted).map(({ network, listener }) => `${network} ${listener}`))

  const placesOf = (connection: Rated): PathGroup['places'] => {
    const network = networkOf(connection.peer)
    const server = connection.server ?? NO_SERVER
    const isKept = servers.has(server)
    const isTrusted = connection.proxy_version !== undefined && trusted.has(`${network} ${connection.listener}`)
    return {
      peer: networks.has(network) ? network : OTHER_NETWORKS,
      listener: connection.listener,
      received: `${headerText(connection)}${isTrusted ? ', trusted' : ''}`,
      server: isKept ? server : OTHER_SERVERS,
      sent:
        connection.server === undefined
          ? NOTHING
          : sentText(sends.get(connection.server), isKept ? connection.endpoint : undefined),
    }
  }
  const groups = Map.groupBy(connections, (connection) => Object.values(placesOf(connection)).join('\n'))
  return [...groups.values()]
    .flatMap((members) => {
      const [first] = members
      if (first === undefined) return []
      const bytesPerSecond = members.reduce((sum, { rate }) => sum + rate, 0)
      return [{ places: placesOf(first), connections: members, bytesPerSecond }]
    })
    .sort((one, other) => other.connections.length - one.connections.length)
}

const NO_SERVER = 'no server yet'
const OTHER_SERVERS = 'other servers'
const OTHER_NETWORKS = 'other networks'
const NOTHING = 'nothing yet'

/** `v2 → 10.0.0.5:25565` */
function sentText(sends: string | undefined, endpoint: string | undefined): string {
  const header = sends === undefined ? 'asking…' : sends === 'none' ? 'no header' : sends
  return endpoint === undefined ? header : `${header} → ${endpoint}`
}

function largest(
  connections: readonly Rated[],
  keyOf: (connection: Rated) => string,
  keep: number,
): ReadonlySet<string> {
  const counts = new Map<string, number>()
  for (const connection of connections) counts.set(keyOf(connection), (counts.get(keyOf(connection)) ?? 0) + 1)
  return new Set(
    [...counts]
      .sort(([, one], [, other]) => other - one)
      .slice(0, keep)
      .map(([key]) => key),
  )
}
