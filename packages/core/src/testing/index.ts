export { type BanStoreSubject, banStoreContract } from './ban-store/ban-store-contract.ts'
export { type ProviderContractOptions, providerContract } from './provider/provider-contract.ts'
export type { ProviderSubject } from './provider/provider-subject.ts'
export {
  type ServerPowerContractOptions,
  type ServerPowerSubject,
  serverPowerContract,
} from './server-power/server-power-contract.ts'
export { type TransportSetup, transportContract } from './transport/transport-contract.ts'
