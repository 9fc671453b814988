import { byteAt, uint16At, uint32At, view, writeUint16 } from './bytes.ts'
import { crc32c } from './crc32c.ts'
import { type Malformed, type MalformedCode, malformed, ProxyProtocolError } from './errors.ts'
import type { Tlv } from './header.ts'
import { TLV_TYPES } from './tlv-types.ts'

const LONGEST_UNIQUE_ID_BYTES = 128
/** `client` 1 and `verify` 4; the sub-TLVs come behind them. */
export const SSL_FIXED_BYTES = 5
/** Type 1 and length 2, before the value. */
export const TLV_FIXED_BYTES = 3

/** TLVs up to the fault that ended them. */
export interface Walked {
  readonly tlvs: readonly Tlv[]
  readonly fault: Malformed | undefined
}

/** Reads the TLVs between two offsets, one level deep; values are views. */
export function walkTlvs(bytes: Uint8Array, from: number, end: number): Walked {
  const tlvs: Tlv[] = []
  let at = from
  while (at < end) {
    const valueAt = at + TLV_FIXED_BYTES
    if (valueAt > end) return { tlvs, fault: malformed('tlv-length', at) }
    const next = valueAt + uint16At(bytes, at + 1)
    if (next > end) return { tlvs, fault: malformed('tlv-length', at + 1) }
    tlvs.push({ type: byteAt(bytes, at), value: view(bytes, valueAt, next) })
    at = next
  }
  return { tlvs, fault: undefined }
}

/**
 * The TLVs of a header, judged in the order of their bytes.
 *
 * @param header the whole header and nothing behind it: a payload in the same segment is no TLV
 * @see PROXY protocol, section 2.2
 */
export function decodeTlvs(header: Uint8Array, from: number): readonly Tlv[] | Malformed {
  const { tlvs, fault } = walkTlvs(header, from, header.length)
  let hasCrc32c = false
  for (const tlv of tlvs) {
    const valueAt = tlv.value.byteOffset - header.byteOffset
    const code = valueFault(tlv)
    if (tlv.type === TLV_TYPES.CRC32C && hasCrc32c) return malformed('crc32c-duplicate', valueAt - TLV_FIXED_BYTES)
    if (code !== undefined) return malformed(code, valueAt - 2)
    if (tlv.type === TLV_TYPES.CRC32C) {
      if (crc32c(header, valueAt) !== uint32At(header, valueAt)) return malformed('crc32c', valueAt)
      hasCrc32c = true
    } else if (tlv.type === TLV_TYPES.SSL) {
      // One level, whatever the sub-TLVs hold: a peer must not choose how deep we go (CVE-2022-41881).
      const inner = walkTlvs(header, valueAt + SSL_FIXED_BYTES, valueAt + tlv.value.length)
      if (inner.fault !== undefined) return inner.fault
    }
  }
  return fault ?? tlvs
}

/** A value that no header may carry, whoever sends it. */
function valueFault({ type, value }: Tlv): MalformedCode | undefined {
  switch (type) {
    case TLV_TYPES.CRC32C:
      return value.length === 4 ? undefined : 'crc32c-length'
    case TLV_TYPES.UNIQUE_ID:
      return value.length <= LONGEST_UNIQUE_ID_BYTES ? undefined : 'unique-id-length'
    case TLV_TYPES.SSL:
      return value.length >= SSL_FIXED_BYTES ? undefined : 'ssl-length'
    default:
      return undefined
  }
}

/** What `writeTlvs` will take. */
export function tlvBytes(tlvs: readonly Tlv[]): number {
  return tlvs.reduce((sum, { value }) => sum + TLV_FIXED_BYTES + value.length, 0)
}

/**
 * Writes TLVs one behind the other; what a decoder refuses is not written.
 *
 * @returns the offset of the checksum's four bytes where there is a CRC32C among them
 * @throws {ProxyProtocolError} `tlv-type`, `tlv-value`, or the code with which a decoder would refuse it
 */
export function writeTlvs(into: Uint8Array, from: number, tlvs: readonly Tlv[]): number | undefined {
  let crc32cAt: number | undefined
  let at = from
  for (const tlv of tlvs) {
    checkTlv(tlv)
    if (tlv.type === TLV_TYPES.CRC32C) {
      if (crc32cAt !== undefined) throw new ProxyProtocolError({ code: 'crc32c-duplicate' })
      crc32cAt = at + TLV_FIXED_BYTES
    }
    into[at] = tlv.type
    writeUint16(into, at + 1, tlv.value.length)
    into.set(tlv.value, at + TLV_FIXED_BYTES)
    at += TLV_FIXED_BYTES + tlv.value.length
  }
  return crc32cAt
}

function checkTlv(tlv: Tlv): void {
  const { type, value } = tlv
  if (!Number.isInteger(type) || type < 0 || type > 255) throw new ProxyProtocolError({ code: 'tlv-type' }, `${type}`)
  if (value.length > 65535) throw new ProxyProtocolError({ code: 'tlv-value' }, `${value.length} bytes`)
  const code = valueFault(tlv)
  if (code !== undefined) throw new ProxyProtocolError({ code }, `${value.length} bytes`)
  const fault = type === TLV_TYPES.SSL ? walkTlvs(value, SSL_FIXED_BYTES, value.length).fault : undefined
  if (fault !== undefined) throw new ProxyProtocolError({ code: fault.code }, 'a sub-TLV of SSL')
}
