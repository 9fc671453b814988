import { formatAddressWords, isIPv4Words, maskWords, parseAddressWords } from './address.ts'

/** A network, or one address (prefix 32 or 128). `address` is canonical and has no bit set behind the prefix. */
export interface Cidr {
  readonly family: 'ipv4' | 'ipv6'
  readonly address: string
  readonly prefix: number
}

/** What `parseCidr` has read. */
export type ParsedCidr =
  | { readonly kind: 'cidr'; readonly cidr: Cidr }
  /** `message` completes "… is not a network: "; `network` is there where all that is wrong are bits behind the prefix. */
  | { readonly kind: 'invalid'; readonly message: string; readonly network?: Cidr }

/**
 * Reads `10.0.0.0/8`, `2001:db8::/32` or a bare address. `::ffff:10.0.0.0/104` is `10.0.0.0/8`.
 * Bits behind the prefix are refused: `10.0.1.5/8` may mean the host or the network, and a guess would open or shut
 * a door for sixteen million addresses.
 */
export function parseCidr(text: string): ParsedCidr {
  const trimmed = text.trim()
  const slash = trimmed.indexOf('/')
  const addressText = slash < 0 ? trimmed : trimmed.slice(0, slash)
  const words = new Uint32Array(4)
  if (addressText.includes('%') || !parseAddressWords(addressText, words))
    return invalid(`"${addressText}" is not an IPv4 or IPv6 address`)
  const family = isIPv4Words(words) ? 'ipv4' : 'ipv6'
  // In words an IPv4 number stands behind 96 bits of `::ffff:`.
  const isWrittenAsIpv6 = addressText.includes(':')
  const writtenBits = isWrittenAsIpv6 ? 128 : 32

  const prefixText = slash < 0 ? String(writtenBits) : trimmed.slice(slash + 1)
  if (!/^(0|[1-9]\d{0,2})$/.test(prefixText) || Number(prefixText) > writtenBits)
    return invalid(`the prefix "${prefixText}" is not a number from 0 to ${writtenBits}`)
  const wordBits = Number(prefixText) + (isWrittenAsIpv6 ? 0 : 96)
  if (family === 'ipv4' && wordBits < 96)
    return invalid(`a prefix under 96 reaches beyond the IPv4 addresses of "${addressText}"`)

  const masked = Uint32Array.from(words)
  maskWords(masked, wordBits)
  const address = formatAddressWords(masked)
  const prefix = family === 'ipv4' ? wordBits - 96 : wordBits
  const cidr: Cidr = { family, address, prefix }
  if (masked.some((word, index) => word !== words[index]))
    return { ...invalid(`it has bits behind its prefix; the network is ${address}/${prefix}`), network: cidr }
  return { kind: 'cidr', cidr }
}

/** `10.0.0.0/8`; a single address without its prefix. */
export function cidrText(cidr: Cidr): string {
  return cidr.prefix === (cidr.family === 'ipv4' ? 32 : 128) ? cidr.address : `${cidr.address}/${cidr.prefix}`
}

function invalid(message: string): Extract<ParsedCidr, { kind: 'invalid' }> {
  return { kind: 'invalid', message }
}
