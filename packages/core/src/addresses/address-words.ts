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

/** Clears what stands behind the first `bits` of 128. */
export function maskWords(words: AddressWords, bits: number): void {
  for (let index = 0; index < 4; index++) {
    const kept = Math.min(32, Math.max(0, bits - index * 32))
    words[index] = kept === 0 ? 0 : (words[index] ?? 0) & (0xffffffff << (32 - kept))
  }
}
