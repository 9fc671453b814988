export { type BanStoreSubject, banStoreContract } from './ban-store/ban-store-contract.ts'
export { type ProviderContractOptions, type ProviderSubject, providerContract } from './provider/provider-contract.ts'
export { type TransportSetup, transportContract } from './transport/transport-contract.ts'
