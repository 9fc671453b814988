export { type AddressListFile, followAddressList, readAddressListFile } from './address-list-file.ts'
export type { Environment } from './environment/read-environment.ts'
export { variableName } from './environment/variable-name.ts'
export { type FileProvider, type FileProviderOptions, fileProvider } from './file-provider.ts'
export type { FollowTimings } from './follow-source.ts'
export {
  defaultGatewayConfig,
  type GatewayOverrides,
  type KeyOverride,
  type LoadedGateway,
  loadGatewayConfig,
} from './gateway-file.ts'
export type { FollowedList, FollowListOptions } from './list-file.ts'
export type { Origin } from './origin.ts'
export { followPlayerList, type PlayerListFile, readPlayerListFile } from './player-list-file.ts'
export { type BoundedFile, readBoundedFile, readBoundedFileSync } from './read-bounded-file.ts'
export { shownPath } from './toml-file.ts'
export { type GatewayChange, type GatewayWatch, type WatchGatewayOptions, watchGatewayConfig } from './watch-gateway.ts'
export { valueAt } from './written.ts'
