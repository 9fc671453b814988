import { prefixSet } from '../addresses/prefix-table.ts'
import type { ReceivedProxyProtocol } from './proxy-protocol-keys.ts'
import { trustedHosts, trustedNetworks } from './trusted-entry.ts'

/** What names and files in `trusted` and `trusted_file` stand for at this moment. Asked for a connection, so at once. */
export interface TrustedPeers {
  /** A name that has no answer, or had none for too long, stands for nobody. */
  isOfHost(hostName: string, address: string): boolean
  /** Of the file's networks and names. One that nobody has read yet has nobody in it. */
  isInFile(path: string, address: string): boolean
}

/** Where nothing is looked up and no file is read: names and files stand for nobody. */
export const NO_TRUSTED_PEERS: TrustedPeers = { isOfHost: () => false, isInFile: () => false }

type Trusting = Pick<ReceivedProxyProtocol, 'trusted' | 'trustedFile'>

/** Whether neither `trusted` nor `trusted_file` is written. Empty ones are written, and trust nobody. */
export function believesEverybody({ trusted, trustedFile }: Trusting): boolean {
  return trusted === undefined && trustedFile === undefined
}

/** Whether a canonical address is in `trusted` or `trusted_file`. Networks alone are searched and nothing else is asked. */
export function trustedBy({ trusted = [], trustedFile }: Trusting, peers: TrustedPeers): (address: string) => boolean {
  const networks = prefixSet(trustedNetworks(trusted))
  const hosts = trustedHosts(trusted)
  if (hosts.length === 0 && trustedFile === undefined) return (address) => networks.has(address)
  return (address) =>
    networks.has(address) ||
    hosts.some((host) => peers.isOfHost(host, address)) ||
    (trustedFile !== undefined && peers.isInFile(trustedFile, address))
}
