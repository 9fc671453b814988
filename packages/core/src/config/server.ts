import type { MessagesConfig } from '../messages/messages-keys.ts'
import type { MotdConfig } from '../messages/motd-keys.ts'
import type { Template } from '../messages/template.ts'
import type { IpFilterConfig } from './ip-filter-keys.ts'
import type { ServerRateLimitConfig } from './rate-limit-keys.ts'

/** One backend definition after validation: what the router, the policies and the dialler work with. */
export interface Server {
  readonly id: string
  readonly name: string
  /** Name of the provider that owns it. */
  readonly provider: string
  /** `servers/survival.toml`, `container "lobby"`. */
  readonly source: string
  readonly state: 'online' | 'starting' | 'offline'
  /** Lower case, IDN as ASCII; may hold `*` (one or more labels) and `?` (one character). */
  readonly domains: readonly string[]
  /** In the order of failover. */
  readonly addresses: readonly BackendAddress[]
  readonly isDefault: boolean
  readonly proxyMode: ProxyMode
  /** Version of the header that the backend gets, or false. */
  readonly sendProxyProtocol: false | 1 | 2
  readonly proxyProtocol: SentTlvs
  /** What the backend sees as host name in the handshake instead of the one typed. */
  readonly domainRewrite: string | undefined
  readonly timeouts: ServerTimeouts
  /** Before the gateway's, text by text. */
  readonly messages: MessagesConfig
  readonly motd: MotdConfig
  /** The kick of `server_down`, whatever `messages` say. */
  readonly disconnectMessage: Template | undefined
  /** Players at the same time, those on their way in included; 0: no limit. */
  readonly maxPlayers: number
  /** On top of the gateway's. */
  readonly ipFilter: IpFilterConfig
  readonly rateLimit: ServerRateLimitConfig
}

/** `host` is an IP address or a name; without a port an SRV record is looked up for a name, then 25565. */
export interface BackendAddress {
  readonly host: string
  readonly port: number | undefined
}

export type ProxyMode = 'passthrough' | 'server_only' | 'zero_copy' | 'client_only' | 'offline' | 'full' | 'intercepted'

export interface SentTlvs {
  /** Pass on what a trusted peer sent (never CRC32C and NOOP). */
  readonly passTlvs: boolean
  readonly authority: boolean
  readonly uniqueId: boolean
  readonly crc32c: boolean
  /** Header bytes above which received TLVs are left out. */
  readonly maxHeaderBytes: number
}

/** What is undefined takes the gateway's value (`GatewayConfig`), so that a reload of that reaches every server. */
export interface ServerTimeouts {
  readonly connectMs: number | undefined
  /** From a complete Login Start to the backend's first byte, over names and all attempts. */
  readonly loginAnswerMs: number | undefined
  /** A relay that moves no byte; 0: never. */
  readonly idleMs: number | undefined
}
