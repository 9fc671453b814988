import { type MessagesConfig, serverMessagesKeys } from '../messages/messages-keys.ts'
import { type MotdConfig, motdKeys } from '../messages/motd-keys.ts'
import { type Template, template } from '../messages/template.ts'
import { type IpFilterConfig, ipFilterKeys } from './ip-filter-keys.ts'
import { sentTlvsKeys } from './proxy-protocol-keys.ts'
import { type ServerRateLimitConfig, serverRateLimitKeys } from './rate-limit-keys.ts'
import type { BackendAddress, ProxyMode, SentTlvs, ServerTimeouts } from './server.ts'
import { type KeyTable, keyTable } from './table.ts'
import { backendAddress } from './values/address.ts'
import { choice } from './values/choice.ts'
import { domainPattern } from './values/domain.ts'
import { type DomainRewrite, domainRewrite } from './values/domain-rewrite.ts'
import { duration } from './values/duration.ts'
import { list } from './values/list.ts'
import { boolean, integer, text } from './values/plain.ts'
import { sentProxyVersion } from './values/proxy-version.ts'

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

const timeoutKeys: KeyTable<ServerTimeouts> = keyTable<ServerTimeouts>(
  {
    connectMs: {
      kind: 'key',
      from: 'anyone',
      name: 'connect',
      type: duration({ minMs: 1 }),
      default: undefined,
      absent: '`connect_timeout` of `infrarust.toml`',
      description: 'For one attempt to connect.',
      example: '3s',
      reload: 'live',
    },
    loginAnswerMs: {
      kind: 'key',
      from: 'anyone',
      name: 'login_answer',
      type: duration({ minMs: 1, maxMs: 28_000 }),
      default: undefined,
      absent: '`[timeouts] login_answer` of `infrarust.toml`',
      description: 'From Login Start to the first byte of this server, over all its addresses.',
      example: '20s',
      reload: 'live',
    },
    idleMs: {
      kind: 'key',
      from: 'anyone',
      name: 'idle',
      type: duration(),
      default: undefined,
      absent: '`[timeouts] idle` of `infrarust.toml`',
      description: 'Ends a session in which no byte moves for so long; `"0s"` never does.',
      example: '10m',
      reload: 'live',
    },
  },
  {
    withoutEffect: {
      read: 'idle ends a session in which nothing moves',
      write: 'idle ends a session in which nothing moves',
    },
  },
)

const OF_PROXY = 'it is a key of the whole proxy; write it in infrarust.toml'
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
    maxPlayers: {
      kind: 'key',
      from: 'anyone',
      name: 'max_players',
      type: integer({ min: 0, max: 1_000_000 }),
      default: 0,
      description: 'Players at the same time, those on their way in included; 0 is no limit.',
      example: 100,
      reload: 'live',
    },
    disconnectMessage: {
      kind: 'key',
      from: 'anyone',
      name: 'disconnect_message',
      type: template,
      default: undefined,
      absent: 'the text of `[messages.server_down]`',
      description: 'What a player is told whose login finds the server down.',
      example: '§cSurvival is down for maintenance.',
      reload: 'live',
    },
    timeouts: { kind: 'table', name: 'timeouts', description: 'Deadlines of this server.', table: timeoutKeys },
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
