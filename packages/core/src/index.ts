export type { SocketAddress } from './addresses/socket-address.ts'
export type { Cidr } from './config/cidr.ts'
export type {
  GatewayConfig,
  GatewayTimeouts,
  KeepAliveConfig,
  ListenerConfig,
  LogConfig,
  RateLimitConfig,
  ReceivedProxyProtocol,
  TransportConfig,
} from './config/gateway.ts'
export type { BackendAddress, ProxyMode, SentTlvs, Server, ServerTimeouts } from './config/server.ts'
export { REASONS, type Reason } from './connection/reason.ts'
export type { AccessRecord, PhaseMilliseconds } from './connection/record.ts'
export type { ClientFacts, IntentFacts, PlayerFacts, Policy, Refusal } from './policy/policy.ts'
export type { Diagnostic, Emission, Provider, ServerDefinition } from './provider/contract.ts'
export * from './transport/contract.ts'
