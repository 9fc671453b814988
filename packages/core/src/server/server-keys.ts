import { joined, type KeyTable, keysOfOther, keyTable } from '../config/key-table.ts'
import { choice } from '../config/values/choice.ts'
import { domainPattern } from '../config/values/domain.ts'
import { type BackendAddress, backendAddress, backendAddressOnNetwork } from '../config/values/host-and-port.ts'
import { list } from '../config/values/list.ts'
import { boolean, text } from '../config/values/plain.ts'
import { type ServerFeatures, serverFeatureKeys } from '../features/features.ts'
import { type DomainRewrite, domainRewrite } from './domain-rewrite.ts'
import type { ProxyMode } from './server.ts'

/** What a server's file or labels say, key by key; `validateServer` makes the server of it. */
export interface ServerFile extends ServerBasics, ServerFeatures {}

/** Which server it is and where, whatever features there are. */
interface ServerBasics {
  readonly id: string | undefined
  readonly name: string | undefined
  readonly domains: readonly string[]
  readonly addresses: readonly BackendAddress[]
  readonly isDefault: boolean
  readonly proxyMode: ProxyMode
  readonly domainRewrite: DomainRewrite
}

const ADDRESSES = 'where the server is stands in addresses = ["10.0.1.5:25565"]'
const NO_HEADER = 'a file is one server; write its keys without a [table] around them'
const NO_PLUGINS = 'there are no plugins here'
const IN_ORDER = 'addresses are tried in their order'

const basicKeys: KeyTable<ServerBasics> = keyTable<ServerBasics>(
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
      typeForAnyone: list(backendAddressOnNetwork, 'addresses'),
      default: [],
      absent: 'must be given',
      description:
        'Where the server is; tried in order. Without a port a name is looked up as `_minecraft._tcp` SRV, then 25565 is used. `unix:/run/paper.sock` is a Unix socket, in the files of the operator alone.',
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
        'How far the proxy reads along. `zero_copy` is another name for `passthrough`: on the native transport both let bulk go through the kernel without a copy, and copy small packets, which is cheaper for them. With `client_only` the proxy authenticates and enciphers players and logs in to the server for them, which has to be in offline mode; `offline` is the same without authentication. `full` cannot be, and is an error.',
      example: 'server_only',
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
  },
  {
    elsewhere: {
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
    },
    withoutEffect: {
      network: 'players are not moved from server to server here',
      bungeecord_channel: NO_PLUGINS,
      limbo_handlers: NO_PLUGINS,
      balance: IN_ORDER,
      slow_start: IN_ORDER,
      slow_start_aggression: IN_ORDER,
      active_health: 'an address that does not answer is found out by trying it',
    },
  },
)

/** Keys of `servers/*.toml`, and of labels. */
export const serverKeys: KeyTable<ServerFile> = joined(basicKeys, serverFeatureKeys)

/** The keys of a server with advice for those of the gateway that are not among them: they are written in another file. */
export function besideGateway<T>(server: KeyTable<T>, gateway: KeyTable<unknown>): KeyTable<T> {
  const advice = 'it is a key of the whole proxy; write it in infrarust.toml'
  return { ...server, elsewhere: { ...keysOfOther(gateway, server, advice), ...server.elsewhere } }
}
