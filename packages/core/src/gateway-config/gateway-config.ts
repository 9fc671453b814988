import type { GatewayFeatures } from '../features/features.ts'
import type { RateLimitConfig } from '../limit/rate-limit-keys.ts'
import type { ConfiguredProvider } from '../provider/built-in.ts'
import type { CustomProvider } from '../provider/provider-keys.ts'
import type { ReceivedHeaders } from '../proxy-header/proxy-header-feature.ts'
import type { ReceivedProxyProtocol } from '../proxy-header/proxy-protocol-keys.ts'
import type { WithStatusCache } from '../status/status-cache-keys.ts'

/**
 * Everything that the gateway takes of `infrarust.toml`, read and checked: durations in milliseconds, sizes in bytes,
 * defaults filled in. What the features say stands beside what is here.
 */
export interface GatewayConfig
  extends GatewayBasics,
    WithStatusCache,
    Omit<GatewayFeatures, keyof ReceivedHeaders | 'rateLimit'> {
  /** At least one; names and addresses are unique. */
  readonly listeners: readonly ListenerConfig[]
  readonly rateLimit: RateLimitConfig
  /** Those of the program whose tables are written, such as `[docker]`; in the order of the program. */
  readonly builtInProviders: readonly ConfiguredProvider[]
  /** In the order of the file, which decides between two that claim one domain. */
  readonly providers: readonly CustomProvider[]
}

/** What is of no feature. */
export interface GatewayBasics {
  /** 0: as many sessions as the descriptor limit of the process, less 10 %, has room for. */
  readonly maxConnections: number
  /** As written; relative to the file that names it until the loader has resolved it. */
  readonly serversDir: string
  /** As written; undefined: `$STATE_DIRECTORY`, else the folder of the configuration. */
  readonly dataDir: string | undefined
  /** What an unknown domain gets: an answer, or a closed connection. */
  readonly unknownDomainBehavior: 'default_motd' | 'drop'
  /** How long sessions may go on after SIGTERM. */
  readonly shutdownTimeoutMs: number
}

/** Where the proxy listens, and which PROXY headers it takes there. */
export interface ListenerConfig {
  /** In logs and records; the text of `bind` where the file gives none. */
  readonly name: string
  /** An address, or a Unix socket (`isUnixName`), whose header is always required. */
  readonly host: string
  /** Of a Unix socket there is none. */
  readonly port: number | undefined
  readonly proxyProtocol: ReceivedProxyProtocol
}
