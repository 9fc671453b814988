import { byteAt } from './bytes.ts'

/** Castagnoli's polynomial, bits reversed. */
const POLYNOMIAL = 0x82f63b78

const TABLE = Int32Array.from({ length: 256 }, (_, index) => {
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
  let crc = update(0xffffffff, bytes, 0, zeroedAt)
  if (zeroedAt < bytes.length) {
    crc = update(crc, FOUR_ZEROS, 0, 4)
    crc = update(crc, bytes, zeroedAt + 4, bytes.length)
  }
  return (crc ^ 0xffffffff) >>> 0
}

const FOUR_ZEROS = new Uint8Array(4)

function update(crc: number, bytes: Uint8Array, from: number, to: number): number {
  let remainder = crc
  for (let at = from; at < to; at++) {
    remainder = (remainder >>> 8) ^ (TABLE[(remainder ^ byteAt(bytes, at)) & 0xff] ?? 0)
  }
  return remainder
}
