import { prefixSet } from '../addresses/prefix-table.ts'
import { isUnixName } from '../addresses/unix-name.ts'
import type { ListenerRules } from '../connection/context.ts'
import type { ListenerConfig } from '../gateway-config/gateway-config.ts'

/**
 * A configured listener as connections ask it: the networks that it trusts made searchable. Who can connect to a Unix socket
 * is trusted by that: its mode names them.
 */
export function asListener({ name, host, proxyProtocol }: ListenerConfig): ListenerRules {
  if (isUnixName(host)) return { name, proxyProtocol, isTrusted: () => true }
  const trusted = prefixSet(proxyProtocol.trusted ?? [])
  return { name, proxyProtocol, isTrusted: (address) => trusted.has(address) }
}
