import { writeUint32 } from '../bytes.ts'
import { formatIPv4, parseIPv4, parseIPv4Number } from './ipv4.ts'
import { formatIPv6, isMapped, parseIPv6, scanIPv6 } from './ipv6.ts'

/** @returns 4 bytes for IPv4 text, 16 for IPv6 text, `undefined` for any other */
export function parseAddress(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseIPv6(text) : parseIPv4(text)
}

/** @param bytes 4 or 16 of them; the canonical text comes back */
export function formatAddress(bytes: Uint8Array): string {
  return bytes.length === 4 ? formatIPv4(bytes) : formatIPv6(bytes)
}

/**
 * The one text of an address that may come from a socket, a header or a file: RFC 5952, a zone dropped,
 * `::ffff:a.b.c.d` as `a.b.c.d`. Two texts name the same host exactly when this gives the same for both. Only IPv6 has
 * zones: `1.2.3.4%eth0` is no address.
 */
export function canonicalAddress(text: string): string | undefined {
  // IPv4 has one text only.
  if (!text.includes(':')) return parseIPv4Number(text) === undefined ? undefined : text
  const bytes = parseIPv6(withoutZone(text))
  if (bytes === undefined) return undefined
  return isMapped(bytes) ? formatIPv4(bytes, 12) : formatIPv6(bytes)
}

/**
 * An address as one number, in four 32-bit words with the most significant first: what tables compare and hash. IPv4
 * has its number in the last word and `::ffff:` before it, so that one comparison serves both families.
 */
export type AddressWords = Uint32Array

/**
 * Reads what `canonicalAddress` reads, as a number. It makes no array, for look-ups that come with each connection.
 *
 * @param into four words; they are left as they are where the text is no address
 * @returns whether it is one
 */
export function parseAddressWords(text: string, into: AddressWords): boolean {
  if (text.includes(':')) {
    const scanner = scanIPv6(withoutZone(text))
    if (scanner === undefined) return false
    for (let word = 0; word < 4; word++) into[word] = (scanner.group(2 * word) << 16) | scanner.group(2 * word + 1)
    return true
  }
  const number = parseIPv4Number(text)
  if (number === undefined) return false
  into[0] = 0
  into[1] = 0
  into[2] = MAPPED_WORD
  into[3] = number
  return true
}

/** Whether the number is an IPv4 address, written as one or mapped. */
export function isIPv4Words(words: AddressWords): boolean {
  return words[0] === 0 && words[1] === 0 && words[2] === MAPPED_WORD
}

/** Clears what stands behind the first `bits` of its 128. */
export function maskWords(words: AddressWords, bits: number): void {
  for (let index = 0; index < 4; index++) {
    const kept = Math.min(32, Math.max(0, bits - index * 32))
    words[index] = kept === 0 ? 0 : (words[index] ?? 0) & (0xffffffff << (32 - kept))
  }
}

/** The canonical text of the number. */
export function formatAddressWords(words: AddressWords): string {
  const bytes = new Uint8Array(16)
  for (let word = 0; word < 4; word++) writeUint32(bytes, 4 * word, words[word] ?? 0)
  return isIPv4Words(words) ? formatIPv4(bytes, 12) : formatIPv6(bytes)
}

const MAPPED_WORD = 0xffff

function withoutZone(text: string): string {
  return text.includes('%') ? text.replace(ZONE, '') : text
}

/** The name or the number of an interface behind an IPv6 address (RFC 4007, section 11). */
const ZONE = /%[^%/\s]+$/

/** 4 bytes as the 16 bytes of `::ffff:a.b.c.d`; 16 bytes as they are. */
export function mapped(bytes: Uint8Array): Uint8Array {
  if (bytes.length !== 4) return bytes
  const wide = new Uint8Array(16)
  wide.set([0xff, 0xff], 10)
  wide.set(bytes, 12)
  return wide
}

/** 16 bytes of `::ffff:a.b.c.d` as the 4 of `a.b.c.d`; all others as they are. */
export function unmapped(bytes: Uint8Array): Uint8Array {
  return bytes.length === 16 && isMapped(bytes) ? bytes.subarray(12) : bytes
}
