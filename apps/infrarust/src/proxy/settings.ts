import {
  BUILT_IN_MESSAGES,
  type GatewayConfig,
  type GatewaySettings,
  type Policy,
  RELAYED_STATUSES,
} from '@infrarust/core'
import { connectionsThatFit } from './descriptors.ts'

/** What connections are told of the configuration. */
export function gatewaySettings(config: GatewayConfig, policies: readonly Policy[]): GatewaySettings {
  return {
    listeners: config.listeners,
    maxConnections: config.maxConnections === 0 ? connectionsThatFit() : config.maxConnections,
    timeouts: config.timeouts,
    connectTimeoutMs: config.connectTimeoutMs,
    unknownDomainBehavior: config.unknownDomainBehavior,
    policies,
    messages: BUILT_IN_MESSAGES,
    statuses: RELAYED_STATUSES,
  }
}
