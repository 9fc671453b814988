import { BlockList } from 'node:net'
import { canonicalAddress, formatAddress, isMapped, parseAddress, unmapped } from '../index.ts'

/** The peers whose word about the client is taken: addresses and networks (`10.0.0.0/8`), or all of them. */
export type Trusted = readonly string[] | 'anyone'

/** @throws {TypeError} for an entry that is no address and no network */
export function trustCheck(trusted: Trusted): (peerAddress: string | undefined) => boolean {
  if (trusted === 'anyone') return () => true
  const networks = new BlockList()
  for (const entry of trusted) addNetwork(networks, entry)
  return (peerAddress) => {
    // BlockList finds ::ffff:10.0.0.1 in 10.0.0.0/8 when asked for IPv6 and not when asked for IPv4: ask one way only.
    const address = peerAddress === undefined ? undefined : canonicalAddress(peerAddress)
    return address !== undefined && networks.check(address, address.includes(':') ? 'ipv6' : 'ipv4')
  }
}

function addNetwork(networks: BlockList, entry: string): void {
  const slashAt = entry.indexOf('/')
  const bytes = parseAddress(slashAt < 0 ? entry : entry.slice(0, slashAt))
  const prefixText = slashAt < 0 ? `${(bytes?.length ?? 0) * 8}` : entry.slice(slashAt + 1)
  const prefix = Number(prefixText)
  if (bytes === undefined || !/^\d{1,3}$/.test(prefixText) || prefix > bytes.length * 8) {
    throw new TypeError(`trusted: "${entry}" is neither an address nor a network like 10.0.0.0/8`)
  }
  // ::ffff:10.0.0.0/104 is 10.0.0.0/8 written for a dual-stack socket.
  const isIPv4 = bytes.length === 4 || (isMapped(bytes) && prefix >= 96)
  if (isIPv4) networks.addSubnet(formatAddress(unmapped(bytes)), bytes.length === 4 ? prefix : prefix - 96, 'ipv4')
  else networks.addSubnet(formatAddress(bytes), prefix, 'ipv6')
}
