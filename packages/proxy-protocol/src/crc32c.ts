import { byteAt } from './bytes.ts'

/** Castagnoli's polynomial, bits reversed. */
const POLYNOMIAL = 0x82f63b78

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let remainder = index
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ POLYNOMIAL : remainder >>> 1
  return remainder
})

/**
 * The CRC32c of the bytes with the four at `zeroedAt` taken as zero, as the checksum of a header is defined. No copy.
 *
 * @see PROXY protocol, section 2.2.3; RFC 4960, appendix B
 */
export function crc32c(bytes: Uint8Array, zeroedAt: number = bytes.length): number {
  let crc = 0xffffffff
  for (let at = 0; at < bytes.length; at++) {
    const byte = at >= zeroedAt && at < zeroedAt + 4 ? 0 : byteAt(bytes, at)
    crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}
