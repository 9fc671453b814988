import { formatAddressWords, maskWords } from '@infrarust/proxy-protocol'
import { readAddress } from './address-words.ts'

/** How much of an address names one client, in bits. */
export interface ClientPrefixes {
  readonly ipv4: number
  readonly ipv6: number
}

/** One IPv4 address; an IPv6 /64, which is what one customer gets and may fill with addresses at will. */
export const DEFAULT_CLIENT_PREFIXES: ClientPrefixes = { ipv4: 32, ipv6: 64 }

/**
 * The key under which a client is counted: the canonical IPv4 address, or the network, such as `2001:db8:1:2::/64`.
 * What is no address (it cannot come from a transport) is its own key.
 *
 * @param address canonical
 */
export function clientKey(address: string, prefixes: ClientPrefixes = DEFAULT_CLIENT_PREFIXES): string {
  const isIpv4 = !address.includes(':')
  if (isIpv4 && prefixes.ipv4 === 32) return address
  const words = new Uint32Array(4)
  const family = readAddress(address, words)
  if (family === undefined) return address
  const prefix = prefixes[family]
  const otherBits = family === 'ipv4' ? 96 : 0
  maskWords(words, otherBits + prefix)
  const network = formatAddressWords(words)
  return otherBits + prefix === 128 ? network : `${network}/${prefix}`
}
