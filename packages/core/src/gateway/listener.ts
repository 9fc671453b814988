import { prefixSet } from '../addresses/prefix-table.ts'
import type { ListenerRules } from '../connection/context.ts'
import type { ListenerConfig } from '../gateway-config/gateway-config.ts'

/** A configured listener as connections ask it: the networks that it trusts made searchable. */
export function asListener({ name, proxyProtocol }: ListenerConfig): ListenerRules {
  const trusted = prefixSet(proxyProtocol.trusted ?? [])
  const { maxHeaderBytes: limitBytes, versions } = proxyProtocol
  const decoding = { limitBytes, versions, onlyTcp: true }
  return { name, proxyProtocol, decoding, isTrusted: (address) => trusted.has(address) }
}
