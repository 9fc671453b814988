export { type TransportSetup, transportContract } from './transport/transport-contract.ts'
