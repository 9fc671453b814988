/**
 * To embed the proxy in another program: the gateway, the registry of providers, the routing table, the rules and the
 * configuration. What a provider, a policy, a transport or a ban store is written against has an entry each.
 */

export { type Cidr, canonicalAddress, cidrText, type ParsedCidr, parseCidr } from '@infrarust/proxy-protocol'
export { type ClientPrefixes, clientKey, DEFAULT_CLIENT_PREFIXES } from './addresses/client-key.ts'
export { PrefixTable, prefixSet } from './addresses/prefix-table.ts'
export { canonical, endpointText, type InternetAddress, type SocketAddress } from './addresses/socket-address.ts'
export { isUnixName } from './addresses/unix-name.ts'
export type { AskedPlayer, Authentication, PendingJoin, SentRequest } from './auth/authentication.ts'
export { type Exchange, type ExchangeResult, endsOf, exchange, whereIs } from './backend/exchange.ts'
export { encodeOwnHeader, type OwnHeader } from './backend/own-header.ts'
export { banPolicy } from './ban/ban-policy.ts'
export { cutBanned } from './ban/cut-banned.ts'
export type { ConnectionSettings } from './connection/context.ts'
export type { ReceivedHeader } from './connection/facts.ts'
export type { Logins } from './connection/logins.ts'
export type { StateName } from './connection/state.ts'
export { canBeHostName, cleanDomain, type ParsedDomainPattern, parseDomainPattern } from './domains/domain.ts'
export { coversPattern, isCatchAll } from './domains/pattern-scope.ts'
export { type AddressListFaults, type AddressListReading, readAddressList } from './filter/address-list.ts'
export type { ListFiles } from './filter/address-sets.ts'
export { IpFilter } from './filter/ip-filter.ts'
export type { IpFilterConfig } from './filter/ip-filter-keys.ts'
export type { BackendLogin, Forwarding, ForwardingKind } from './forwarding/forwarding.ts'
export { type ForwardedServer, type ForwardingGrant, forwardingOf } from './forwarding/forwarding-of.ts'
export { explain as explainMismatch, type MismatchName, mismatchIn } from './forwarding/mismatch.ts'
export { type CutTarget, Gateway, type GatewayOptions, type GatewaySettings } from './gateway/gateway.ts'
export type { LiveConnection } from './gateway/live-connection.ts'
export type { Tracer, TraceStep } from './gateway/trace.ts'
export type { PendingLimits } from './gateway/waiting-clients.ts'
export { bindsOverlap } from './gateway-config/binds-overlap.ts'
export type { GatewayConfig, ListenerConfig } from './gateway-config/gateway-config.ts'
export { type GatewayFile, gatewayKeys, type ListenerFile, SAID_IN_TWO_WAYS } from './gateway-config/gateway-keys.ts'
export type { IsAttempted, ProgramKeys } from './gateway-config/program-keys.ts'
export { type GatewayReading, type ReadGatewayOptions, readGateway } from './gateway-config/read-gateway.ts'
export { type Reload, reload } from './gateway-config/reload.ts'
export type { RateLimitConfig, ServerRateLimitConfig } from './limit/rate-limit-keys.ts'
export { RateLimits } from './limit/rate-limits.ts'
export { OwnEndpoints, type OwnEndpointsOptions } from './loop/own-endpoints.ts'
export { Maintenance, type MaintenanceTerms } from './maintenance/maintenance.ts'
export type { MaintenanceConfig } from './maintenance/maintenance-keys.ts'
export { BUILT_IN_MESSAGES } from './messages/built-in-messages.ts'
export { configuredMessages, type MessageSettings } from './messages/configured-messages.ts'
export { pictureFiles } from './messages/favicon-paths.ts'
export type { About, Messages, ServerTexts, StatusText } from './messages/messages.ts'
export type { MessageConfig, MessageReason, MessagesConfig } from './messages/messages-keys.ts'
export type { MotdConfig, MotdEntry, MotdState } from './messages/motd-keys.ts'
export { type Template, template } from './messages/template.ts'
export {
  BackendNames,
  type BackendNamesOptions,
  type Endpoint,
  type Endpoints,
  type NameTimings,
} from './names/backend-names.ts'
export type { SlowEndpoint } from './names/endpoint-memory.ts'
export type { EndpointSource } from './names/endpoint-source.ts'
export {
  lookUpInHostsFile,
  type NameAnswer,
  NameLookup,
  type NameLookupOptions,
  type NameTarget,
} from './names/name-lookup.ts'
export {
  MAX_TRUSTED_ADDRESSES,
  type TrustedNameStatus,
  TrustedNames,
  type TrustedNamesOptions,
  type TrustedNameTimings,
} from './names/trusted-names.ts'
export { PlayerFilter } from './player-filter/player-filter.ts'
export type { PlayerFilterConfig } from './player-filter/player-filter-keys.ts'
export { type Allowed, AllowIndex, allowed, allowedText } from './players/allowed.ts'
export type { ListedPlayer } from './players/listed-player.ts'
export { type KnownPlayer, PlayerIndex } from './players/player-index.ts'
export { type PlayerListFaults, type PlayerListReading, readPlayerList } from './players/player-list.ts'
export type { PlayerFiles } from './players/player-lists.ts'
export type { ServerChange, ServerDiff } from './provider/diff.ts'
export type { CustomProvider } from './provider/provider-keys.ts'
export {
  DEFAULT_REGISTRY_TIMINGS,
  type DefinedServer,
  ProviderRegistry,
  type RegistryNotice,
  type RegistryOptions,
  type RegistryTimings,
} from './provider/registry.ts'
export type { ProviderStatus } from './provider/status.ts'
export type { ReceivedProxyProtocol, SentTlvs } from './proxy-header/proxy-protocol-keys.ts'
export {
  type TrustedEntry,
  type TrustedHost,
  trustedEntryText,
  trustedHosts,
  trustedNetworks,
} from './proxy-header/trusted-entry.ts'
export { believesEverybody, type TrustedPeers, trustedBy } from './proxy-header/trusted-peers.ts'
export type { AccessRecord, PhaseMilliseconds } from './record/access-record.ts'
export type { Notice } from './record/notice.ts'
export { REASON_NAMES, REASONS, type Reason, type ReasonRow, reasonRow, type Told } from './record/reasons.ts'
export type { Routes, Welcome } from './router/routes.ts'
export { type Claim, type Route, RoutingTable, type RoutingTableContent } from './router/routing-table.ts'
export type { DomainRewrite } from './server/domain-rewrite.ts'
export { logsInForPlayers, type ProxyMode, type Server } from './server/server.ts'
export { Slots } from './slots/slots.ts'
export {
  type FetchedStatus,
  type FetchStatus,
  type StatusWanted,
  statusAddress,
  statusFetcher,
  statusPort,
} from './status/fetch-status.ts'
export { StatusCache, type StatusCacheOptions, type StatusCacheSettings } from './status/status-cache.ts'
export type { StatusCacheConfig } from './status/status-cache-keys.ts'
export {
  type NotTheServers,
  RELAYED_STATUSES,
  type StatusDecision,
  type StatusQuestion,
  type StatusSource,
} from './status/status-source.ts'
export { foldName } from './text/player-name.ts'
export type { GatewayTimeouts } from './timeouts/gateway-timeout-keys.ts'
export type { ServerTimeouts } from './timeouts/server-timeout-keys.ts'
