import type { BackendAddress } from '../config/values/host-and-port.ts'
import type { ServerFeatures } from '../features/features.ts'
import type { ForwardingGrant } from '../forwarding/forwarding-of.ts'
import type { ServerTexts } from '../messages/messages.ts'

/** One backend definition after validation: what the router, the policies and the dialler work with. */
export interface Server extends ServerFeatures, Pick<ServerTexts, 'id' | 'name' | 'state'> {
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
  /** What the backend sees as host name in the handshake instead of the one typed. */
  readonly domainRewrite: string | undefined
  /** What it may be told of players, whatever it asks for. */
  readonly forwardingGrant: ForwardingGrant
}

/** The `proxy_mode` of a server, as it is written. */
export type ProxyMode = 'passthrough' | 'server_only' | 'zero_copy' | 'client_only' | 'offline' | 'full' | 'intercepted'

/** Whether the proxy logs in to the server for the player, and so can tell it who that is. */
export function logsInForPlayers(mode: ProxyMode): boolean {
  return mode === 'client_only' || mode === 'offline'
}
