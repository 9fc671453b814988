import type { BackendAddress } from '../config/values/host-and-port.ts'
import type { FilteredServer } from '../filter/ip-filter-keys.ts'
import type { LimitedServer } from '../limit/rate-limit-keys.ts'
import type { ServerTexts } from '../messages/messages.ts'
import type { SentTlvs } from '../proxy-header/proxy-protocol-keys.ts'
import type { ServerWithSlots } from '../slots/slots-keys.ts'
import type { ServerTimeouts } from './timeout-keys.ts'

/** One backend definition after validation: what the router, the policies and the dialler work with. */
export interface Server extends ServerTexts, ServerWithSlots, FilteredServer, LimitedServer {
  /** Name of the provider that owns it. */
  readonly provider: string
  /** `servers/survival.toml`, `container "lobby"`. */
  readonly source: string
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
}

/** The `proxy_mode` of a server, as it is written. */
export type ProxyMode = 'passthrough' | 'server_only' | 'zero_copy' | 'client_only' | 'offline' | 'full' | 'intercepted'
