import { isUnixName } from '../addresses/unix-name.ts'
import type { ListenerRules } from '../connection/context.ts'
import type { ListenerConfig } from '../gateway-config/gateway-config.ts'
import { type TrustedPeers, trustedBy } from '../proxy-header/trusted-peers.ts'

/**
 * A configured listener as connections ask it: the networks that it trusts made searchable. Who can connect to a Unix socket
 * is trusted by that: its mode names them.
 */
export function asListener({ name, host, proxyProtocol }: ListenerConfig, peers: TrustedPeers): ListenerRules {
  const isTrusted = isUnixName(host) ? () => true : trustedBy(proxyProtocol, peers)
  const { maxHeaderBytes: limitBytes, versions } = proxyProtocol
  const decoding = { limitBytes, versions, onlyTcp: true }
  return { name, proxyProtocol, decoding, isTrusted }
}
