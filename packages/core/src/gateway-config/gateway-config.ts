import type { BanConfig } from '../ban/ban-keys.ts'
import type { GatewayTimeouts } from '../connection/timeout-keys.ts'
import type { IpFilterConfig } from '../filter/ip-filter-keys.ts'
import type { RateLimitConfig } from '../limit/rate-limit-keys.ts'
import type { MessagesConfig } from '../messages/messages-keys.ts'
import type { MotdConfig } from '../messages/motd-keys.ts'
import type { ConfiguredProvider } from '../provider/built-in.ts'
import type { CustomProvider } from '../provider/provider-keys.ts'
import type { ReceivedProxyProtocol } from '../proxy-header/proxy-protocol-keys.ts'
import type { StatusCacheConfig } from '../status/status-cache-keys.ts'
import type { KeepAliveConfig } from '../transport/keep-alive-keys.ts'
import type { TransportConfig } from '../transport/transport-keys.ts'
import type { AdminConfig } from './admin-keys.ts'
import type { ControlConfig } from './control-keys.ts'
import type { LogConfig } from './log-keys.ts'

/** Everything `infrarust.toml` says, read and checked: durations in milliseconds, sizes in bytes, defaults filled in. */
export interface GatewayConfig {
  /** At least one; names and addresses are unique. */
  readonly listeners: readonly ListenerConfig[]
  /** 0: as many sessions as the descriptor limit of the process, less 10 %, has room for. */
  readonly maxConnections: number
  /** For one attempt to dial a backend, where its server sets none. */
  readonly connectTimeoutMs: number
  readonly timeouts: GatewayTimeouts
  readonly keepAlive: KeepAliveConfig
  readonly log: LogConfig
  readonly admin: AdminConfig
  /** As written; relative to the file that names it until the loader has resolved it. */
  readonly serversDir: string
  /** As written; undefined: `$STATE_DIRECTORY`, else the folder of the configuration. */
  readonly dataDir: string | undefined
  readonly ban: BanConfig
  readonly control: ControlConfig
  /** What an unknown domain gets: an answer, or a closed connection. */
  readonly unknownDomainBehavior: 'default_motd' | 'drop'
  readonly messages: MessagesConfig
  /** What the server list shows for an unknown domain. */
  readonly defaultMotd: MotdConfig
  readonly statusCache: StatusCacheConfig
  /** How long sessions may go on after SIGTERM. */
  readonly shutdownTimeoutMs: number
  readonly transport: TransportConfig
  /** Paths in it as written, until the loader has resolved them. */
  readonly ipFilter: IpFilterConfig
  readonly rateLimit: RateLimitConfig
  /** Those of the program whose tables are written, such as `[docker]`; in the order of the program. */
  readonly builtInProviders: readonly ConfiguredProvider[]
  /** In the order of the file, which decides between two that claim one domain. */
  readonly providers: readonly CustomProvider[]
}

/** One address that the proxy listens at, and which PROXY headers it takes there. */
export interface ListenerConfig {
  /** In logs and records; the text of `bind` where the file gives none. */
  readonly name: string
  readonly host: string
  readonly port: number
  readonly proxyProtocol: ReceivedProxyProtocol
}
