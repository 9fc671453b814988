import {
  configuredMessages,
  type GatewayConfig,
  type GatewaySettings,
  type Logins,
  type StatusSource,
} from '@infrarust/core'
import type { Policy } from '@infrarust/core/policy'
import type { ManagedServers } from '@infrarust/core/server-power'
import { connectionsThatFit } from './descriptors.ts'

/** What connections are told of the configuration. */
export function gatewaySettings(
  config: GatewayConfig,
  policies: readonly Policy[],
  statuses: StatusSource,
  logins: Logins,
  managed: ManagedServers,
): GatewaySettings {
  return {
    listeners: config.listeners,
    maxConnections: config.maxConnections === 0 ? connectionsThatFit() : config.maxConnections,
    pendingLimits: config.rateLimit,
    timeouts: config.timeouts,
    connectTimeoutMs: config.connectTimeoutMs,
    unknownDomainBehavior: config.unknownDomainBehavior,
    policies,
    messages: configuredMessages(config),
    statuses,
    logins,
    managed,
  }
}
