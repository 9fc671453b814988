import { banKeys } from '../ban/ban-keys.ts'
import { type KeyRow, type KeyTable, keyTable } from '../config/key-table.ts'
import { choice } from '../config/values/choice.ts'
import { duration } from '../config/values/duration.ts'
import { type BindAddress, bindAddress } from '../config/values/host-and-port.ts'
import { boolean, integer, text } from '../config/values/plain.ts'
import { timeoutKeys } from '../connection/timeout-keys.ts'
import { ipFilterKeys } from '../filter/ip-filter-keys.ts'
import { type RateLimitFile, rateLimitKeys } from '../limit/rate-limit-keys.ts'
import { messagesKeys } from '../messages/messages-keys.ts'
import { motdKeys } from '../messages/motd-keys.ts'
import type { BuiltInProvider } from '../provider/built-in.ts'
import { type CustomProviderFile, providerKeys } from '../provider/provider-keys.ts'
import { receivedOtherNames } from '../proxy-header/other-names.ts'
import { type ReceivedProxyProtocol, receivedProxyProtocolKeys } from '../proxy-header/proxy-protocol-keys.ts'
import { statusCacheKeys } from '../status/status-cache-keys.ts'
import { keepAliveKeys } from '../transport/keep-alive-keys.ts'
import { transportKeys } from '../transport/transport-keys.ts'
import { adminKeys } from './admin-keys.ts'
import { controlKeys } from './control-keys.ts'
import type { GatewayConfig } from './gateway-config.ts'
import { logKeys } from './log-keys.ts'

/** What `infrarust.toml` says, key by key; `readGateway` makes the listeners of it. */
export interface GatewayFile extends Omit<GatewayConfig, 'listeners' | 'builtInProviders' | 'providers' | 'rateLimit'> {
  readonly bind: BindAddress | undefined
  readonly receiveProxyProtocol: boolean | undefined
  readonly proxyProtocol: ReceivedProxyProtocol
  readonly listeners: readonly ListenerFile[]
  readonly providers: readonly CustomProviderFile[]
  readonly rateLimit: RateLimitFile
}

/** One `[[listener]]` as it is written, before defaults and global keys fill it up. */
export interface ListenerFile {
  readonly name: string | undefined
  readonly bind: BindAddress | undefined
  readonly proxyProtocol: ReceivedProxyProtocol
}

export const listenerKeys: KeyTable<ListenerFile> = keyTable<ListenerFile>({
  name: {
    kind: 'key',
    from: 'operator',
    name: 'name',
    type: text({ maxLength: 64 }),
    default: undefined,
    absent: 'the text of `bind`',
    description: 'What logs and records call it.',
    example: 'behind-haproxy',
    reload: 'restart',
  },
  bind: {
    kind: 'key',
    from: 'operator',
    name: 'bind',
    type: bindAddress,
    default: undefined,
    absent: 'must be given',
    description: 'Address and port to listen on; without a port 25565.',
    example: '0.0.0.0:25566',
    reload: 'restart',
  },
  proxyProtocol: {
    kind: 'table',
    name: 'proxy_protocol',
    description: 'Replaces the global `[proxy_protocol]` key by key.',
    table: receivedProxyProtocolKeys,
    instead: 'write mode = "required" (or "off") in [listener.proxy_protocol]',
  },
})

const NO_PLUGINS = 'there are no plugins here'
const NO_COMMANDS = 'there are no commands in the game here'
const BIND = 'where the proxy listens is said by bind = "0.0.0.0:25565"'
const OWN_FILE = 'each server has a file of its own, such as servers/survival.toml'
const OF_SERVER = 'it is a key of a server; write it in a file of its own, such as servers/survival.toml'

/** Keys of `infrarust.toml`: those of the gateway, and a table for each built-in provider of the program. */
export function gatewayKeys(builtIn: readonly BuiltInProvider[]): KeyTable<GatewayFile> {
  const tables = builtIn.map(({ name, row }): [field: string, row: KeyRow] => [name, row])
  const gateway = ownGatewayKeys.rows.filter(([field]) => field !== 'providers')
  const custom = ownGatewayKeys.rows.filter(([field]) => field === 'providers')
  return { ...ownGatewayKeys, rows: [...gateway, ...tables, ...custom] }
}

/** Those that are there whatever the program has built in. */
export const ownGatewayKeys: KeyTable<GatewayFile> = keyTable<GatewayFile>(
  {
    bind: {
      kind: 'key',
      from: 'operator',
      name: 'bind',
      type: bindAddress,
      default: undefined,
      absent: '`"0.0.0.0:25565"`',
      description: 'Address and port to listen on; without a port 25565. Several: write `[[listener]]` tables instead.',
      example: '[::]:25565',
      reload: 'restart',
    },
    maxConnections: {
      kind: 'key',
      from: 'operator',
      name: 'max_connections',
      type: integer({ min: 0, max: 10_000_000 }),
      default: 0,
      description:
        'Connections at the same time; 0 is as many sessions as the limit of open files allows, at two files each.',
      example: 1000,
      reload: 'live',
    },
    connectTimeoutMs: {
      kind: 'key',
      from: 'operator',
      name: 'connect_timeout',
      type: duration({ minMs: 1 }),
      default: '5s',
      description: 'For one attempt to connect to a backend.',
      example: '3s',
      reload: 'live',
    },
    receiveProxyProtocol: {
      kind: 'key',
      from: 'operator',
      name: 'receive_proxy_protocol',
      type: boolean,
      default: undefined,
      absent: '`[proxy_protocol] mode`',
      description: '`true` is `mode = "required"`, `false` is `mode = "off"`.',
      example: true,
      reload: 'live',
      otherNames: receivedOtherNames,
    },
    serversDir: {
      kind: 'key',
      from: 'operator',
      name: 'servers_dir',
      type: text({ maxLength: 4096 }),
      default: './servers',
      description: 'Folder of the server files, relative to this file.',
      example: '/etc/infrarust/servers',
      reload: 'live',
    },
    dataDir: {
      kind: 'key',
      from: 'operator',
      name: 'data_dir',
      type: text({ maxLength: 4096 }),
      default: undefined,
      absent: '`$STATE_DIRECTORY`, else the folder of this file',
      description: 'Folder of the ban store and of the control socket, relative to this file.',
      example: '/var/lib/infrarust',
      reload: 'live',
    },
    unknownDomainBehavior: {
      kind: 'key',
      from: 'operator',
      name: 'unknown_domain_behavior',
      type: choice(['default_motd', 'drop']),
      default: 'default_motd',
      description: 'What a domain gets that no server has: an answer (`default_motd`) or a closed connection (`drop`).',
      example: 'drop',
      reload: 'live',
    },
    shutdownTimeoutMs: {
      kind: 'key',
      from: 'operator',
      name: 'shutdown_timeout',
      type: duration(),
      default: '10s',
      description: 'How long sessions may go on after SIGTERM.',
      example: '1m',
      reload: 'live',
    },
    proxyProtocol: {
      kind: 'table',
      name: 'proxy_protocol',
      description: 'PROXY headers of load balancers in front, for every listener.',
      table: receivedProxyProtocolKeys,
      instead:
        'write receive_proxy_protocol = true for headers of a load balancer in front, or send_proxy_protocol = true in servers/*.toml for a server that expects one',
    },
    listeners: {
      kind: 'tables',
      name: 'listener',
      description: 'Listeners of their own, instead of `bind`.',
      table: listenerKeys,
    },
    timeouts: { kind: 'table', name: 'timeouts', description: 'Deadlines of a connection.', table: timeoutKeys },
    keepAlive: { kind: 'table', name: 'keepalive', description: 'TCP keep-alive.', table: keepAliveKeys },
    log: { kind: 'table', name: 'log', description: 'What is logged and how.', table: logKeys },
    admin: { kind: 'table', name: 'admin', description: 'Metrics and health checks.', table: adminKeys },
    ipFilter: {
      kind: 'table',
      name: 'ip_filter',
      description: 'Which client addresses may connect.',
      table: ipFilterKeys,
    },
    rateLimit: {
      kind: 'table',
      name: 'rate_limit',
      description: 'Limits per client address.',
      table: rateLimitKeys,
    },
    ban: { kind: 'table', name: 'ban', description: 'Where bans are kept.', table: banKeys },
    control: {
      kind: 'table',
      name: 'control',
      description: 'How commands reach the running proxy.',
      table: controlKeys,
    },
    messages: {
      kind: 'table',
      name: 'messages',
      description: 'What players read when they are turned away.',
      table: messagesKeys,
    },
    defaultMotd: {
      kind: 'table',
      name: 'default_motd',
      description:
        'What the server list shows for a domain that no server has: `offline`, else `online`. The rest is for servers that have no entry of their own for that state.',
      table: motdKeys,
    },
    statusCache: {
      kind: 'table',
      name: 'status_cache',
      description: 'Keeps the answers of servers to list pings.',
      table: statusCacheKeys,
    },
    transport: { kind: 'table', name: 'transport', description: 'How bytes are moved.', table: transportKeys },
    providers: {
      kind: 'tables',
      name: 'provider',
      description: 'Servers from providers that are not part of this program.',
      table: providerKeys,
    },
  },
  {
    elsewhere: {
      domains: OF_SERVER,
      addresses: OF_SERVER,
      servers: OWN_FILE,
      server: OWN_FILE,
      bind_address: BIND,
      listen: BIND,
      listen_address: BIND,
      address: BIND,
      host: BIND,
      port: BIND,
      trusted: 'write it in [proxy_protocol]',
      trusted_proxies: 'write trusted = ["10.0.0.0/8"] in [proxy_protocol]',
      send_proxy_protocol:
        'each server says that for itself; write send_proxy_protocol = true in servers/*.toml (receive_proxy_protocol = true here is for headers of a load balancer in front)',
      proxy_mode: OF_SERVER,
      domain_rewrite: OF_SERVER,
      disconnect_message: OF_SERVER,
    },
    withoutEffect: {
      worker_threads: 'threads are set in [transport]',
      so_reuseport: 'a second process on the same port would take half of the players unseen',
      connect_max_attempts: 'every address of a server is tried',
      active_health: 'an address that does not answer is found out by trying it',
      announce_proxy_commands: NO_COMMANDS,
      permissions: NO_COMMANDS,
      plugins_dir: NO_PLUGINS,
      plugins: NO_PLUGINS,
      plugin_messaging: NO_PLUGINS,
      wasm: NO_PLUGINS,
      events: NO_PLUGINS,
      auth: 'the proxy does not authenticate players',
      forwarding: 'servers learn the address of a player from send_proxy_protocol',
      telemetry: 'metrics are served where [admin] says',
      web: 'infrarust status and the other commands reach the running proxy',
    },
  },
)
