import type { Policy } from '../../src/entries/policy.ts'
import { readTable, serverKeys } from '../../src/entries/provider.ts'
import {
  BUILT_IN_MESSAGES,
  type GatewayOptions,
  isUnixName,
  type ListenerConfig,
  type PendingLimits,
  RELAYED_STATUSES,
  type ReceivedProxyProtocol,
  type Route,
  RoutingTable,
  readGateway,
  type Server,
} from '../../src/index.ts'

const { id: _id, name: _name, ...defaults } = readTable(serverKeys, {}).value
/** What a server has that says nothing: of every feature its default. */
export const SERVER_DEFAULTS: Omit<Server, 'id' | 'name' | 'provider' | 'source' | 'state'> = {
  ...defaults,
  domainRewrite: undefined,
  forwardingGrant: 'any',
}

export function listenerConfig(proxyProtocol: Partial<ReceivedProxyProtocol> = {}): ListenerConfig {
  return {
    name: 'main',
    host: '127.0.0.1',
    port: 0,
    proxyProtocol: {
      mode: 'off',
      trusted: undefined,
      trustedFile: undefined,
      timeoutMs: 5_000,
      maxHeaderBytes: 536,
      versions: [1, 2],
      ...proxyProtocol,
    },
  }
}

export function serverTo(id: string, domains: readonly string[], port: number, changes: Partial<Server> = {}): Server {
  return {
    ...SERVER_DEFAULTS,
    id,
    name: id,
    provider: 'test',
    source: `servers/${id}.toml`,
    state: 'online',
    domains,
    addresses: [{ host: '127.0.0.1', port }],
    ...changes,
  }
}

export interface Setting {
  readonly listener: ListenerConfig
  readonly servers: readonly Server[]
  readonly policies?: readonly Policy[]
  readonly maxConnections?: number
  readonly pendingLimits?: Partial<PendingLimits>
}

export function tableOf(servers: readonly Server[]): RoutingTable {
  return new RoutingTable({
    domains: new Map(servers.flatMap((server) => server.domains.map((domain) => [domain, { kind: 'server', server }]))),
    defaultServer: servers.find(({ isDefault }) => isDefault),
    isReady: true,
  })
}

export function settings({ listener, servers, policies = [], maxConnections = 1_000, pendingLimits }: Setting): {
  gatewayOptions: Omit<GatewayOptions, 'record' | 'notice'>
} {
  const table = tableOf(servers)
  return {
    gatewayOptions: {
      settings: {
        listeners: [listener],
        timeouts: readGateway({}).config.timeouts,
        connectTimeoutMs: 5_000,
        unknownDomainBehavior: 'default_motd',
        maxConnections,
        pendingLimits: { maxPending: 0, exempt: [], ipv4Prefix: 32, ipv6Prefix: 64, ...pendingLimits },
        policies,
        messages: BUILT_IN_MESSAGES,
        statuses: RELAYED_STATUSES,
      },
      routes: { route: (domain): Route => table.route(domain), nextTable: () => new Promise(() => undefined) },
      endpoints: {
        of: ({ addresses }) => ({
          kind: 'ready',
          endpoints: addresses.map(({ host, port }) =>
            isUnixName(host) ? { host, address: host, port: undefined } : { host, address: host, port: port ?? 25565 },
          ),
        }),
      },
    },
  }
}
