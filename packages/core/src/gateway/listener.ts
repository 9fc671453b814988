import type { ListenerRules } from '../connection/context.ts'
import type { ListenerConfig } from '../gateway-config/gateway-config.ts'
import { type TrustedPeers, trustedBy } from '../proxy-header/trusted-peers.ts'

/** A configured listener as connections ask it: the networks that it trusts made searchable. */
export function asListener({ name, proxyProtocol }: ListenerConfig, peers: TrustedPeers): ListenerRules {
  return { name, proxyProtocol, isTrusted: trustedBy(proxyProtocol, peers) }
}
