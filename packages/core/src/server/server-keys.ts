import { type KeyTable, keyTable } from '../config/key-table.ts'
import { choice } from '../config/values/choice.ts'
import { domainPattern } from '../config/values/domain.ts'
import { type BackendAddress, backendAddress } from '../config/values/host-and-port.ts'
import { list } from '../config/values/list.ts'
import { boolean, text } from '../config/values/plain.ts'
import { type IpFilterConfig, ipFilterKeys } from '../filter/ip-filter-keys.ts'
import { type ServerRateLimitConfig, serverRateLimitKeys } from '../limit/rate-limit-keys.ts'
import { disconnectMessageKey, type MessagesConfig, serverMessagesKeys } from '../messages/messages-keys.ts'
import { type MotdConfig, motdKeys } from '../messages/motd-keys.ts'
import type { Template } from '../messages/template.ts'
import { sentOtherNames } from '../proxy-header/other-names.ts'
import { type SentTlvs, sentTlvsKeys } from '../proxy-header/proxy-protocol-keys.ts'
import { sentProxyVersion } from '../proxy-header/proxy-version.ts'
import { maxPlayersKey } from '../slots/slots-keys.ts'
import { type DomainRewrite, domainRewrite } from './domain-rewrite.ts'
import type { ProxyMode } from './server.ts'
import { type ServerTimeouts, serverTimeoutKeys } from './timeout-keys.ts'

/** What a server's file or labels say, key by key; `validateServer` makes the server of it. */
export interface ServerFile {
  readonly id: string | undefined
  readonly name: string | undefined
  readonly domains: readonly string[]
  readonly addresses: readonly BackendAddress[]
  readonly isDefault: boolean
  readonly proxyMode: ProxyMode
  readonly sendProxyProtocol: false | 1 | 2
  readonly proxyProtocol: SentTlvs
  readonly domainRewrite: DomainRewrite
  readonly timeouts: ServerTimeouts
  readonly messages: MessagesConfig
  readonly motd: MotdConfig
  readonly disconnectMessage: Template | undefined
  readonly maxPlayers: number
  readonly ipFilter: IpFilterConfig
  readonly rateLimit: ServerRateLimitConfig
}

const OF_PROXY = 'it is a key of the whole proxy; write it in infrarust.toml'
const ADDRESSES = 'where the server is stands in addresses = ["10.0.1.5:25565"]'
const NO_HEADER = 'a file is one server; write its keys without a [table] around them'
const RECEIVED =
  'headers of a load balancer in front are read with receive_proxy_protocol = true in infrarust.toml; a server that expects one has send_proxy_protocol = true'
const NO_PLUGINS = 'there are no plugins here'
const IN_ORDER = 'addresses are tried in their order'

/** Keys of `servers/*.toml`, and of labels. */
export const serverKeys: KeyTable<ServerFile> = keyTable<ServerFile>(
  {
    id: {
      kind: 'key',
      from: 'anyone',
      name: 'id',
      type: text({ maxLength: 64 }),
      default: undefined,
      absent: 'name of the file without `.toml`',
      description: 'What commands, logs and metrics call the server. Unique.',
      example: 'survival',
      reload: 'live',
    },
    name: {
      kind: 'key',
      from: 'anyone',
      name: 'name',
      type: text({ maxLength: 256 }),
      default: undefined,
      absent: '`id`',
      description: 'What people call the server.',
      example: 'Survival Games',
      reload: 'live',
    },
    domains: {
      kind: 'key',
      from: 'anyone',
      name: 'domains',
      type: list(domainPattern, 'domains'),
      default: [],
      absent: 'must be given, unless `default = true`',
      description: 'Domains that lead to this server. `*` stands for one or more labels, `?` for one character.',
      example: ['survival.example.com', '*.survival.example.com'],
      reload: 'live',
    },
    addresses: {
      kind: 'key',
      from: 'anyone',
      name: 'addresses',
      type: list(backendAddress, 'addresses'),
      default: [],
      absent: 'must be given',
      description:
        'Where the server is; tried in order. Without a port a name is looked up as `_minecraft._tcp` SRV, then 25565 is used.',
      example: ['10.0.1.5:25565', '[2001:db8::5]:25565'],
      reload: 'live',
    },
    isDefault: {
      kind: 'key',
      from: 'anyone',
      name: 'default',
      type: boolean,
      default: false,
      description: 'Whether domains that no server has lead here.',
      example: true,
      reload: 'live',
    },
    proxyMode: {
      kind: 'key',
      from: 'anyone',
      name: 'proxy_mode',
      type: choice(['passthrough', 'server_only', 'zero_copy', 'client_only', 'offline', 'full', 'intercepted']),
      default: 'passthrough',
      description:
        'How far the proxy reads along. `zero_copy` is `passthrough`: there is no faster way through the kernel. `client_only` and `full` ask the proxy to authenticate, which it cannot do yet: their logins are refused.',
      example: 'server_only',
      reload: 'live',
    },
    sendProxyProtocol: {
      kind: 'key',
      from: 'anyone',
      name: 'send_proxy_protocol',
      type: sentProxyVersion,
      default: false,
      description: 'Whether the server gets a PROXY header with the address of the player; `true` is version 2.',
      example: 'v1',
      reload: 'live',
      otherNames: sentOtherNames,
    },
    domainRewrite: {
      kind: 'key',
      from: 'anyone',
      name: 'domain_rewrite',
      type: domainRewrite,
      default: 'none',
      description:
        'What the server sees as domain instead of the one the player typed; `from_backend` is the host of its first address.',
      example: 'lobby.internal',
      reload: 'live',
    },
    proxyProtocol: {
      kind: 'table',
      name: 'proxy_protocol',
      description: 'What the header of `send_proxy_protocol` carries beside the addresses. Needs version 2.',
      table: sentTlvsKeys,
      instead:
        'write send_proxy_protocol = true (or "v1") for a server that expects a header; headers of a load balancer in front are read with receive_proxy_protocol = true in infrarust.toml',
    },
    maxPlayers: maxPlayersKey,
    disconnectMessage: disconnectMessageKey,
    timeouts: { kind: 'table', name: 'timeouts', description: 'Deadlines of this server.', table: serverTimeoutKeys },
    messages: {
      kind: 'table',
      name: 'messages',
      description: 'Replaces the global `[messages]` for this server, text by text.',
      table: serverMessagesKeys,
    },
    motd: {
      kind: 'table',
      name: 'motd',
      description: 'What the server list shows, by the state of the server.',
      table: motdKeys,
    },
    ipFilter: {
      kind: 'table',
      name: 'ip_filter',
      description: 'Which client addresses may go to this server, of those that the global `[ip_filter]` lets in.',
      table: ipFilterKeys,
    },
    rateLimit: {
      kind: 'table',
      name: 'rate_limit',
      description: 'Replaces the global `[rate_limit]` for this server, key by key.',
      table: serverRateLimitKeys,
    },
  },
  {
    elsewhere: {
      receive_proxy_protocol: RECEIVED,
      accept_proxy_protocol: RECEIVED,
      accept_proxy: RECEIVED,
      bind: 'it is where the proxy listens; write it in infrarust.toml, and where the server is in addresses',
      bind_address: ADDRESSES,
      server_address: ADDRESSES,
      backend: ADDRESSES,
      target: ADDRESSES,
      port: ADDRESSES,
      host: 'write what players type as domains = ["survival.example.com"], and where the server is as addresses = ["10.0.1.5:25565"]',
      online_mode: 'it stands in the server.properties of the server',
      servers: NO_HEADER,
      server: NO_HEADER,
      listener: OF_PROXY,
      max_connections: OF_PROXY,
      servers_dir: OF_PROXY,
      data_dir: OF_PROXY,
      unknown_domain_behavior: OF_PROXY,
      shutdown_timeout: OF_PROXY,
      connect_timeout: 'write connect in [timeouts]',
      log: OF_PROXY,
      admin: OF_PROXY,
      docker: OF_PROXY,
      transport: OF_PROXY,
    },
    withoutEffect: {
      network: 'players are not moved from server to server here',
      forwarding_mode: 'a server learns the address of a player from send_proxy_protocol',
      bungeecord_channel: NO_PLUGINS,
      limbo_handlers: NO_PLUGINS,
      server_manager: 'servers are not started and stopped by the proxy',
      balance: IN_ORDER,
      slow_start: IN_ORDER,
      slow_start_aggression: IN_ORDER,
      active_health: 'an address that does not answer is found out by trying it',
    },
  },
)
