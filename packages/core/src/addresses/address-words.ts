import { type AddressWords, isIPv4Words, parseAddressWords } from '@infrarust/proxy-protocol'

export type Family = 'ipv4' | 'ipv6'

/**
 * Reads the text of an address into `words`, IPv4 behind 96 bits of `::ffff:`.
 *
 * @returns its family (that of `::ffff:a.b.c.d` is IPv4), or undefined where the text is no address
 */
export function readAddress(text: string, words: AddressWords): Family | undefined {
  if (!parseAddressWords(text, words)) return undefined
  return isIPv4Words(words) ? 'ipv4' : 'ipv6'
}
