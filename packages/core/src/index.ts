export { canonicalAddress } from '@infrarust/proxy-protocol'
export { type Cidr, cidrText, type ParsedCidr, parseCidr } from './addresses/cidr.ts'
export { type ClientPrefixes, clientKey, DEFAULT_CLIENT_PREFIXES } from './addresses/client-key.ts'
export { PrefixTable, prefixSet } from './addresses/prefix-table.ts'
export { canonical, endpointText, type SocketAddress } from './addresses/socket-address.ts'
export { type Exchange, type ExchangeResult, exchange } from './backend/exchange.ts'
export { encodeOwnHeader, type OwnHeader } from './backend/own-header.ts'
export { type Ban, type BanEnd, banAgain, endsEarlier, isInForce, namesOf } from './ban/ban.ts'
export type { BanChange, Bans } from './ban/ban-index.ts'
export type { BanConfig } from './ban/ban-keys.ts'
export { banPolicy } from './ban/ban-policy.ts'
export { BanStoreError, type BanStoreErrorCode } from './ban/ban-store-error.ts'
export { type InvalidBanTarget, type ParsedBanTarget, parseBanTarget } from './ban/bare-target.ts'
export { cutBanned } from './ban/cut-banned.ts'
export { type EmbeddedStoreOptions, openEmbeddedStore } from './ban/embedded/embedded-store.ts'
export { type BanJson, banJson } from './ban/import/ban-json.ts'
export {
  type BanListReading,
  type BanReading,
  banText,
  readBan,
  readBanList,
  readTargetJson,
} from './ban/import/read-ban-list.ts'
export type { AddedBans, AuditEntry, BanStore } from './ban/store.ts'
export {
  type BanTarget,
  type BanTargetType,
  banKey,
  nameKey,
  readBanTarget,
} from './ban/target.ts'
export type { Problem } from './config/problem.ts'
export { type LabelFault, type LabelReading, readLabels } from './config/read-labels.ts'
export { readTable, type TableReading } from './config/read-table.ts'
export { nearest } from './config/suggestion.ts'
export {
  type Key,
  type KeyTable,
  keyTable,
  pathText,
  type Row,
  type ShortForm,
  type SubTable,
  type TableList,
  type Writer,
} from './config/table.ts'
export { type JsonSchema, type Reading, show, type ValueType } from './config/value-type.ts'
export { type BackendAddress, type BindAddress, backendAddress, bindAddress } from './config/values/address.ts'
export { choice } from './config/values/choice.ts'
export { duration, formatDuration, parseDuration } from './config/values/duration.ts'
export { list } from './config/values/list.ts'
export { network } from './config/values/network.ts'
export { boolean, integer, port, text } from './config/values/plain.ts'
export { size } from './config/values/size.ts'
export type { ConnectionSettings } from './connection/context.ts'
export type { ReceivedHeader } from './connection/facts.ts'
export type { StateName } from './connection/state.ts'
export type { GatewayTimeouts } from './connection/timeout-keys.ts'
export { type DockerEndpoint, dockerEndpoint } from './docker/docker-endpoint.ts'
export { type DockerConfig, type DockerTls, dockerKeys } from './docker/docker-keys.ts'
export type { LabelConstraint } from './docker/label-constraint.ts'
export type { PublishedPortUse } from './docker/published-port-use.ts'
export { canBeHostName, cleanDomain, type ParsedDomainPattern, parseDomainPattern } from './domains/domain.ts'
export { coversPattern, isCatchAll } from './domains/pattern-scope.ts'
export { type AddressListFaults, type AddressListReading, readAddressList } from './filter/address-list.ts'
export type { ListFiles } from './filter/address-sets.ts'
export { IpFilter } from './filter/ip-filter.ts'
export type { IpFilterConfig } from './filter/ip-filter-keys.ts'
export { type CutTarget, Gateway, type GatewayOptions, type GatewaySettings } from './gateway/gateway.ts'
export type { LiveConnection } from './gateway/live-connection.ts'
export type { Tracer, TraceStep } from './gateway/trace.ts'
export type { PendingLimits } from './gateway/waiting-clients.ts'
export type { AdminConfig } from './gateway-config/admin-keys.ts'
export type { ControlConfig } from './gateway-config/control-keys.ts'
export type { GatewayConfig, ListenerConfig } from './gateway-config/gateway-config.ts'
export { type GatewayFile, gatewayKeys, type ListenerFile } from './gateway-config/gateway-keys.ts'
export type { LogConfig } from './gateway-config/log-keys.ts'
export { type GatewayReading, readGateway } from './gateway-config/read-gateway.ts'
export { type Reload, reload } from './gateway-config/reload.ts'
export type { RateLimitConfig, ServerRateLimitConfig } from './limit/rate-limit-keys.ts'
export { RateLimits } from './limit/rate-limits.ts'
export { OwnEndpoints, type OwnEndpointsOptions } from './loop/own-endpoints.ts'
export { BUILT_IN_MESSAGES } from './messages/built-in-messages.ts'
export { configuredMessages, type MessageSettings } from './messages/configured-messages.ts'
export { pictureFiles } from './messages/favicon-paths.ts'
export type { About, Messages, ServerTexts, StatusText } from './messages/messages.ts'
export type { MessageConfig, MessageReason, MessagesConfig } from './messages/messages-keys.ts'
export type { MotdConfig, MotdEntry, MotdState } from './messages/motd-keys.ts'
export type { Template } from './messages/template.ts'
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
export type { ClientFacts, IntentFacts, PlayerFacts, Refusal } from './policy/facts.ts'
export type { Diagnostic, Emission, Provider } from './provider/contract.ts'
export type { ServerChange, ServerDiff } from './provider/diff.ts'
export { LineBounds, leftOutText } from './provider/line-bounds.ts'
export { type LoadedProvider, loadProvider, type ProviderContext, type ProviderFactory } from './provider/load.ts'
export type { CustomProvider } from './provider/provider-keys.ts'
export {
  DEFAULT_REGISTRY_TIMINGS,
  ProviderRegistry,
  type RegistryNotice,
  type RegistryOptions,
  type RegistryTimings,
} from './provider/registry.ts'
export type { ProviderStatus } from './provider/status.ts'
export { thrownStack, thrownText } from './provider/thrown.ts'
export type { ReceivedProxyProtocol, SentTlvs } from './proxy-header/proxy-protocol-keys.ts'
export type { AccessRecord, PhaseMilliseconds } from './record/access-record.ts'
export type { Notice } from './record/notice.ts'
export { REASON_NAMES, REASONS, type Reason, type ReasonRow, reasonRow, type Told } from './record/reasons.ts'
export type { Routes, Welcome } from './router/routes.ts'
export { type Claim, type Route, RoutingTable, type RoutingTableContent } from './router/routing-table.ts'
export type { ServerDefinition } from './server/definition.ts'
export type { DomainRewrite } from './server/domain-rewrite.ts'
export type { ProxyMode, Server } from './server/server.ts'
export { type ServerFile, serverKeys } from './server/server-keys.ts'
export type { ServerPolicy as Policy } from './server/server-policy.ts'
export type { ServerTimeouts } from './server/timeout-keys.ts'
export { validateServer } from './server/validate-server.ts'
export type { ValidatedServer, ValidateServer } from './server/validated-server.ts'
export { Slots } from './slots/slots.ts'
export {
  type FetchedStatus,
  type FetchStatus,
  type StatusWanted,
  statusAddress,
  statusFetcher,
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
export * from './transport/contract.ts'
export { type DialEnd, dialFailure } from './transport/dial-failure.ts'
export { isExhausted } from './transport/exhausted.ts'
export type { KeepAliveConfig } from './transport/keep-alive-keys.ts'
export * from './transport/limits.ts'
export { nodeTransport } from './transport/node/node-transport.ts'
export type { TransportConfig } from './transport/transport-keys.ts'
