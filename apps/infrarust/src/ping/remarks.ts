import type { Route, Server } from '@infrarust/core'
import { formatDuration } from '@infrarust/core/provider'
import type { Config } from '../program-keys.ts'
import type { StatusFindings, WayFindings } from './way.ts'

export interface Asked {
  readonly domain: string
  readonly route: Route
  /** Whether a proxy runs here with this configuration; undefined where that cannot be told, or another one is asked. */
  readonly runs: boolean | undefined
  readonly ways: readonly WayFindings[]
  readonly config: Pick<Config, 'unknownDomainBehavior' | 'statusCache'>
}

/** Whose domain it is, in one line. */
export function leadsTo({ domain, route, config }: Pick<Asked, 'domain' | 'route' | 'config'>): string {
  switch (route.kind) {
    case 'server':
      return `${domain} leads to server "${route.server.id}" (${route.server.source})`
    case 'default':
      return `${domain} is no server's domain, and leads to the default server "${route.server.id}" (${route.server.source})`
    case 'unavailable':
      return `${domain} leads to server "${route.server.id}" (${route.server.source}), which is ${route.server.state}: the proxy answers for it`
    case 'reserved':
      return `${domain} is in ${route.source}, which has a mistake and is not served: infrarust check says which`
    case 'not-ready':
      return `${domain} is no known server's domain, and a provider has not listed its servers yet`
    case 'none':
      return config.unknownDomainBehavior === 'drop'
        ? `${domain} is no server's domain: the proxy closes the connection without an answer (unknown_domain_behavior = "drop")`
        : `${domain} is no server's domain: the proxy answers itself; infrarust add ${domain} <address> makes it one`
  }
}

/** What is wrong, and where both ways differ, with what may be behind it: a line each. */
export function remarks({ route, runs, ways, config }: Asked): readonly string[] {
  const through = ways.filter(({ way }) => way === 'through')
  const past = ways.filter(({ way }) => way === 'past')
  const direct = past.find(({ status }) => status !== null)
  const server = 'server' in route ? route.server : undefined
  const isUp = through.some(({ result }) => result === 'answered')
  return [
    ...(runs === false && isUp ? ['no proxy runs with this configuration: what answers there is another program'] : []),
    ...through.flatMap((way) => [
      ...missing(way, reasonThrough(way, runs, direct !== undefined)),
      ...differences(way, direct, server, config),
    ]),
    ...past.flatMap((way) => missing(way, reasonPast(way, server))),
    ...(past.length > 0 && direct === undefined && isUp
      ? [
          'the server gave no status, and the proxy did: it is its own text for such a server, or the last one that it has kept ([status_cache])',
        ]
      : []),
  ]
}

function missing({ way, address, result, error }: WayFindings, reason: string | undefined): readonly string[] {
  if (result === 'answered') return []
  return [`${way} ${address}: ${error ?? result}${reason === undefined ? '' : `; ${reason}`}`]
}

function reasonThrough({ result }: WayFindings, runs: boolean | undefined, serverAnswers: boolean): string | undefined {
  switch (result) {
    case 'unreachable':
      return runs === false
        ? 'no proxy runs with this configuration: infrarust starts it'
        : 'see whether the proxy runs and listens there: infrarust status'
    case 'closed':
    case 'silent':
      return (
        `the proxy has not answered${serverAnswers ? ', and the server does' : ''}: its log says why; it may be a ban, [ip_filter] ` +
        'or [rate_limit] that holds the address of this machine, or a listener that waits for a restart'
      )
    case 'garbled':
      return 'see whether another program listens there'
    case 'answered':
    case 'loop':
    case 'not_asked':
      return undefined
  }
}

function reasonPast({ result, sends }: WayFindings, server: Server | undefined): string | undefined {
  switch (result) {
    case 'unreachable':
      if (server?.serverManager !== undefined)
        return `it may be asleep until somebody joins: infrarust server list says so; where it should be up, infrarust server log ${server.id} has its last words`
      return 'see whether the server runs, whether its address is right, and whether a firewall is between'
    case 'closed':
    case 'silent':
    case 'garbled':
      return `it was sent ${sends === false ? 'no PROXY header' : `a PROXY header of version ${sends}`}: infrarust doctor says what it expects`
    case 'loop':
      return 'write where the server listens'
    case 'answered':
    case 'not_asked':
      return undefined
  }
}

/** Where the answers themselves are not the same. */
function differences(
  { address, status }: WayFindings,
  direct: WayFindings | undefined,
  server: Server | undefined,
  { statusCache }: Asked['config'],
): readonly string[] {
  if (status === null || !direct?.status) return []
  const other = direct.status
  const differing = FIELDS.filter(([, field]) => field(status) !== field(other)).map(([name]) => name)
  if (differing.length === 0) return []
  const reasons = [
    ...(server?.motd.online === undefined ? [] : ['[motd.online] of the server replaces parts of its answer']),
    ...(statusCache.ttlMs === 0
      ? []
      : [
          `the proxy answers for ${formatDuration(statusCache.ttlMs)} and longer with what it has kept ([status_cache])`,
        ]),
    ...(differing.includes('MOTD') ? ['the server is in maintenance (infrarust maintenance list)'] : []),
    ...((server?.addresses.length ?? 0) > 1 ? ['another address of the server may have answered'] : []),
    'the status may be different each time',
  ]
  return [
    `${differing.join(', ')} through ${address} and past it to ${direct.address} differ: ${reasons.join('; or ')}`,
  ]
}

const FIELDS: readonly (readonly [name: string, field: (status: StatusFindings) => unknown])[] = [
  ['version', ({ version }) => version],
  ['protocol', ({ protocol }) => protocol],
  ['players', ({ players }) => players && `${players.online}/${players.max}`],
  ['MOTD', ({ motd }) => motd],
]
