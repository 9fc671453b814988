import { joined, type KeyRow, type KeyTable, keysOfOther, keyTable, NO_KEYS, rowsOf } from '../config/key-table.ts'
import { choice } from '../config/values/choice.ts'
import { duration } from '../config/values/duration.ts'
import { bindAddress, type ListenerAddress } from '../config/values/host-and-port.ts'
import { integer, text } from '../config/values/plain.ts'
import { type GatewayFeatures, gatewayFeatureKeys } from '../features/features.ts'
import { type CustomProviderFiles, providerKeys } from '../provider/provider-keys.ts'
import { type ReceivedProxyProtocol, receivedProxyProtocolKeys } from '../proxy-header/proxy-protocol-keys.ts'
import { serverKeys } from '../server/server-keys.ts'
import { statusCacheKeys, type WithStatusCache } from '../status/status-cache-keys.ts'
import type { GatewayBasics } from './gateway-config.ts'
import type { ProgramKeys } from './program-keys.ts'

/** What `infrarust.toml` says to the gateway, key by key; `readGateway` makes the listeners of it. */
export interface GatewayFile extends BasicsFile, GatewayFeatures, WithStatusCache, CustomProviderFiles {}

interface BasicsFile extends GatewayBasics {
  readonly bind: ListenerAddress | undefined
  readonly listeners: readonly ListenerFile[]
}

/** One `[[listener]]` as it is written, before defaults and global keys fill it up. */
export interface ListenerFile {
  readonly name: string | undefined
  readonly bind: ListenerAddress | undefined
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
    description:
      'Address and port to listen on; without a port 25565. Or a Unix socket, `unix:/run/infrarust/in.sock`, which needs `mode = "required"`.',
    example: '0.0.0.0:25566',
    reload: 'restart',
  },
  proxyProtocol: {
    kind: 'table',
    name: 'proxy_protocol',
    description: 'Replaces the global `[proxy_protocol]` key by key.',
    table: receivedProxyProtocolKeys,
    ground: ['proxy_protocol'],
    instead: 'write mode = "required" (or "off") in [listener.proxy_protocol]',
  },
})

const NO_PLUGINS = 'there are no plugins here'
const NO_COMMANDS = 'there are no commands in the game here'
const BIND = 'where the proxy listens is said by bind = "0.0.0.0:25565"'
const OWN_FILE = 'each server has a file of its own, such as servers/survival.toml'
const OF_SERVER = 'it is a key of a server; write it in a file of its own, such as servers/survival.toml'

const basicKeys: KeyTable<BasicsFile> = keyTable<BasicsFile>(
  {
    bind: {
      kind: 'key',
      from: 'operator',
      name: 'bind',
      type: bindAddress,
      default: undefined,
      absent: '`"0.0.0.0:25565"`',
      description:
        'Address and port to listen on; without a port 25565. Or a Unix socket, `unix:/run/infrarust/in.sock`, which needs PROXY headers. Several: write `[[listener]]` tables instead.',
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
    listeners: {
      kind: 'tables',
      name: 'listener',
      description: 'Listeners of their own, instead of `bind`.',
      table: listenerKeys,
    },
  },
  {
    elsewhere: {
      servers: OWN_FILE,
      server: OWN_FILE,
      bind_address: BIND,
      listen: BIND,
      listen_address: BIND,
      address: BIND,
      host: BIND,
      port: BIND,
    },
    withoutEffect: {
      connect_max_attempts: 'every address of a server is tried',
      active_health: 'an address that does not answer is found out by trying it',
      announce_proxy_commands: NO_COMMANDS,
      permissions: NO_COMMANDS,
      plugins_dir: NO_PLUGINS,
      plugins: NO_PLUGINS,
      plugin_messaging: NO_PLUGINS,
      wasm: NO_PLUGINS,
      events: NO_PLUGINS,
    },
  },
)

/**
 * Keys that say the same thing in two ways. Together in one place they are refused; from two places (a file and the
 * environment) the one that has more say counts, and the other is left out.
 */
export const SAID_IN_TWO_WAYS: readonly (readonly [one: readonly string[], other: readonly string[]])[] = [
  [['bind'], ['listener']],
  [['receive_proxy_protocol'], ['proxy_protocol', 'mode']],
]

/** Those that are there whatever the program adds. */
export const ownGatewayKeys: KeyTable<GatewayFile> = joined(
  basicKeys,
  gatewayFeatureKeys,
  statusCacheKeys,
  providerKeys,
)

/** Keys of `infrarust.toml`: those of the gateway, and the tables that the program adds, before those of custom providers. */
export function gatewayKeys<Own>({
  tables = rowsOf([]),
  builtIn = [],
}: ProgramKeys<Own> = {}): KeyTable<GatewayFile & Own> {
  const builtInKeys = { ...NO_KEYS, rows: builtIn.map(({ name, row }): [string, KeyRow] => [name, row]) }
  const keys = joined(basicKeys, gatewayFeatureKeys, statusCacheKeys, tables, builtInKeys, providerKeys)
  return { ...keys, elsewhere: { ...keysOfOther(serverKeys, keys, OF_SERVER), ...keys.elsewhere } }
}
