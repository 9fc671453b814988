import { formatIPv4, parseIPv4 } from './ipv4.ts'
import { formatIPv6, isMapped, parseIPv6 } from './ipv6.ts'

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
  const bytes = text.includes(':') ? parseIPv6(text.replace(ZONE, '')) : parseIPv4(text)
  return bytes === undefined ? undefined : formatAddress(unmapped(bytes))
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
