import type { MessagesConfig } from '../messages/messages-keys.ts'
import type { MotdConfig } from '../messages/motd-keys.ts'
import type { StatusCacheConfig } from '../status/status-cache-keys.ts'
import type { AdminConfig } from './admin-keys.ts'
import type { BanConfig } from './ban-keys.ts'
import type { Cidr } from './cidr.ts'
import type { ControlConfig } from './control-keys.ts'
import type { DockerConfig } from './docker-keys.ts'
import type { IpFilterConfig } from './ip-filter-keys.ts'
import type { LogConfig } from './log-keys.ts'
import type { RateLimitConfig } from './rate-limit-keys.ts'

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
  /** Undefined: no table `[docker]`, so no servers from containers. */
  readonly docker: DockerConfig | undefined
  /** In the order of the file, which decides between two that claim one domain. */
  readonly providers: readonly CustomProvider[]
}

/** A provider that is not part of this program. */
export interface CustomProvider {
  /** A path or the name of a package. */
  readonly use: string
  /** For the provider, which checks it. */
  readonly options: Readonly<Record<string, unknown>>
}

export interface ListenerConfig {
  /** In logs and records; the text of `bind` where the file gives none. */
  readonly name: string
  readonly host: string
  readonly port: number
  readonly proxyProtocol: ReceivedProxyProtocol
}

export interface ReceivedProxyProtocol {
  readonly mode: 'off' | 'required' | 'optional'
  /** Whose header is believed; undefined: everybody's (never with `optional`). An empty list trusts nobody. */
  readonly trusted: readonly Cidr[] | undefined
  /** From the accept to the complete header. */
  readonly timeoutMs: number
  /** The longest header accepted, its fixed part included. */
  readonly maxHeaderBytes: number
  readonly versions: readonly (1 | 2)[]
}

export interface GatewayTimeouts {
  readonly handshakeMs: number
  /** From the handshake to the complete Login Start. */
  readonly loginStartMs: number
  /** From a complete Login Start to the backend's first byte, where the server sets none. */
  readonly loginAnswerMs: number
  /** All of a server list ping. */
  readonly statusMs: number
  /** A relay that moves no byte, where the server sets none; 0: never. */
  readonly idleMs: number
  /** The same once one side has ended; 0: never. */
  readonly halfClosedMs: number
}

export interface KeepAliveConfig {
  readonly isEnabled: boolean
  /** Silence before the first probe. */
  readonly initialDelayMs: number
  /** Between probes. */
  readonly intervalMs: number
  /** Unanswered probes after which the connection is dead. */
  readonly probes: number
}

export interface TransportConfig {
  readonly kind: 'auto' | 'native' | 'node'
  /** Relay threads of the native transport; 0: one per core. */
  readonly threads: number
}
