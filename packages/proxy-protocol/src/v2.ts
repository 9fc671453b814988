import { formatIPv4 } from './address/ipv4.ts'
import { formatIPv6 } from './address/ipv6.ts'
import { byteAt, uint16At, view, writeUint16, writeUint32 } from './bytes.ts'
import { crc32c } from './crc32c.ts'
import type { Decoded } from './decoded.ts'
import {
  ADDRESS_BYTES,
  type HeaderToEncode,
  type IpPair,
  ipPair,
  isUnix,
  type UnixToEncode,
  writeAddress,
} from './endpoints.ts'
import { malformed, ProxyProtocolError } from './errors.ts'
import { type Header, NO_TLVS, type Tlv } from './header.ts'
import { V2_SIGNATURE } from './signature.ts'
import { TLV_TYPES } from './tlv-types.ts'
import { decodeTlvs, TLV_FIXED_BYTES, tlvBytes, writeTlvs } from './tlvs.ts'
import { decodeUnixEndpoint, encodeUnixPath, UNIX_PATH_BYTES } from './unix-path.ts'

const COMMAND_AT = 12
const FAMILY_AT = 13
const LENGTH_AT = 14
export const FIXED_BYTES = 16
/** The length field is 16 bits and does not count the 16 bytes before the block. */
export const LONGEST_V2_BYTES = 65551

const COMMANDS = ['LOCAL', 'PROXY'] as const
const TRANSPORTS = ['unspecified', 'stream', 'datagram'] as const
/** By family nibble. */
const FAMILIES = ['unspecified', 'IPv4', 'IPv6', 'unix'] as const
/** Address block by family nibble; where it ends without one is undefined. */
const BLOCK_BYTES = [0, 12, 36, 216] as const

/**
 * Decodes a version 2 header, refusing at the first byte that decides it.
 *
 * @param bytes      everything received so far, the whole signature at its start
 * @param limitBytes the longest header to accept, its 16 fixed bytes included
 * @param onlyTcp    refuse `PROXY` whose 14th byte is not 11 or 21
 * @see PROXY protocol, section 2.2
 */
export function decodeV2(bytes: Uint8Array, limitBytes: number, onlyTcp: boolean = false): Decoded {
  if (bytes.length <= COMMAND_AT) return INCOMPLETE
  const versionAndCommand = byteAt(bytes, COMMAND_AT)
  if (versionAndCommand >>> 4 !== 2) return malformed('version', COMMAND_AT)
  const command = COMMANDS[versionAndCommand & 0xf]
  if (command === undefined) return malformed('command', COMMAND_AT)
  if (bytes.length <= FAMILY_AT) return INCOMPLETE

  const family = byteAt(bytes, FAMILY_AT) >>> 4
  const transport = TRANSPORTS[byteAt(bytes, FAMILY_AT) & 0xf]
  if (command === 'PROXY') {
    if (family >= BLOCK_BYTES.length) return malformed('address-family', FAMILY_AT)
    if (transport === undefined) return malformed('transport', FAMILY_AT)
    if (onlyTcp && !((family === 1 || family === 2) && transport === 'stream')) {
      return malformed('address-family', FAMILY_AT)
    }
  }
  if (bytes.length <= LENGTH_AT) return INCOMPLETE

  const headerBytes = FIXED_BYTES + uint16At(bytes, LENGTH_AT)
  // Before waiting for the block, and by the upper byte of its length where that is enough (the lower reads as 0
  // until it has come): nobody makes us hold bytes that we are going to refuse.
  if (headerBytes > limitBytes) return malformed('too-long', LENGTH_AT)
  if (bytes.length < FIXED_BYTES) return INCOMPLETE
  const block = command === 'PROXY' && transport !== 'unspecified' ? (BLOCK_BYTES[family] ?? 0) : 0
  if (headerBytes < FIXED_BYTES + block) return malformed('too-short', LENGTH_AT)
  if (bytes.length < headerBytes) return { kind: 'incomplete', atLeastBytes: headerBytes }

  // LOCAL is the sender's own connection. AWS fills its block with dummy bytes, so nothing in it is judged.
  if (command === 'LOCAL' || transport === undefined) return { kind: 'header', header: LOCAL, headerBytes }
  if (block === 0 || transport === 'unspecified') {
    return { kind: 'header', header: { ...UNSPECIFIED, transport }, headerBytes }
  }
  const tlvs =
    headerBytes === FIXED_BYTES + block ? NO_TLVS : decodeTlvs(view(bytes, 0, headerBytes), FIXED_BYTES + block)
  if ('kind' in tlvs) return tlvs
  return { kind: 'header', header: readBlock(bytes, family, transport, tlvs), headerBytes }
}

const INCOMPLETE: Decoded = Object.freeze({ kind: 'incomplete', atLeastBytes: FIXED_BYTES })

/** The same for all of them, so that nobody may change it. */
const LOCAL: Header = Object.freeze({
  version: 2,
  command: 'LOCAL',
  family: 'unspecified',
  transport: 'unspecified',
  source: null,
  destination: null,
  tlvs: NO_TLVS,
})

const UNSPECIFIED = { ...LOCAL, command: 'PROXY' } as const

function readBlock(bytes: Uint8Array, family: number, transport: 'stream' | 'datagram', tlvs: readonly Tlv[]): Header {
  switch (family) {
    case 1:
      return {
        version: 2,
        command: 'PROXY',
        family: 'IPv4',
        transport,
        source: { address: formatIPv4(bytes, 16), port: uint16At(bytes, 24) },
        destination: { address: formatIPv4(bytes, 20), port: uint16At(bytes, 26) },
        tlvs,
      }
    case 2:
      return {
        version: 2,
        command: 'PROXY',
        family: 'IPv6',
        transport,
        source: { address: formatIPv6(bytes, 16), port: uint16At(bytes, 48) },
        destination: { address: formatIPv6(bytes, 32), port: uint16At(bytes, 50) },
        tlvs,
      }
    default:
      return {
        version: 2,
        command: 'PROXY',
        family: 'unix',
        transport,
        source: decodeUnixEndpoint(view(bytes, 16, 124)),
        destination: decodeUnixEndpoint(view(bytes, 124, 232)),
        tlvs,
      }
  }
}

export interface EncodeV2Options {
  /** Pads the header with a NOOP TLV to a multiple of this many bytes. */
  readonly alignTo?: number
  /** The longest header to make. Default: what the protocol can say, 65,551. */
  readonly limitBytes?: number
}

/**
 * Encodes a version 2 header; an IPv4 and an IPv6 end point become an IPv6 pair, the IPv4 side mapped. A CRC32C TLV
 * among `tlvs` gets its value last, over everything else; the value that it holds is not looked at.
 *
 * @throws {ProxyProtocolError} for what the protocol cannot say, and for a header over the limit
 * @see PROXY protocol, section 2.2
 */
export function encodeV2(header: HeaderToEncode, options: EncodeV2Options = {}): Uint8Array {
  const { familyByte, tlvs, ends } = body(header)
  const blockBytes = BLOCK_BYTES[familyByte >>> 4] ?? 0
  const unpadded = FIXED_BYTES + blockBytes + tlvBytes(tlvs)
  const paddingBytes = noopBytes(unpadded, options.alignTo ?? 1)
  const headerBytes = unpadded + paddingBytes
  const limitBytes = Math.min(options.limitBytes ?? LONGEST_V2_BYTES, LONGEST_V2_BYTES)
  if (headerBytes > limitBytes)
    throw new ProxyProtocolError({ code: 'too-long' }, `${headerBytes} of ${limitBytes} bytes`)

  const bytes = new Uint8Array(headerBytes)
  bytes.set(V2_SIGNATURE)
  bytes[COMMAND_AT] = header.command === 'LOCAL' ? 0x20 : 0x21
  bytes[FAMILY_AT] = familyByte
  writeUint16(bytes, LENGTH_AT, headerBytes - FIXED_BYTES)
  if (ends !== undefined) writeBlock(bytes, ends)
  const crc32cAt = writeTlvs(bytes, FIXED_BYTES + blockBytes, tlvs)
  if (paddingBytes > 0) {
    bytes[unpadded] = TLV_TYPES.NOOP
    writeUint16(bytes, unpadded + 1, paddingBytes - TLV_FIXED_BYTES)
  }
  if (crc32cAt !== undefined) writeUint32(bytes, crc32cAt, crc32c(bytes, crc32cAt))
  return bytes
}

interface Body {
  readonly familyByte: number
  readonly tlvs: readonly Tlv[]
  /** What the address block says; it is empty where there are none. */
  readonly ends: IpPair | UnixPair | undefined
}

interface UnixPair {
  readonly family: 'unix'
  readonly sourcePath: Uint8Array
  readonly destinationPath: Uint8Array
}

function body(header: HeaderToEncode): Body {
  if (header.command === 'LOCAL') return { familyByte: 0, tlvs: NO_TLVS, ends: undefined }
  if (header.source === null) {
    return { familyByte: TRANSPORTS.indexOf(header.transport ?? 'unspecified'), tlvs: NO_TLVS, ends: undefined }
  }
  const ends = isUnix(header) ? unixPair(header) : ipPair(header.source, header.destination)
  const transportNibble = TRANSPORTS.indexOf(header.transport ?? 'stream')
  return { familyByte: (FAMILIES.indexOf(ends.family) << 4) | transportNibble, tlvs: header.tlvs ?? NO_TLVS, ends }
}

function unixPair({ source, destination }: UnixToEncode): UnixPair {
  return { family: 'unix', sourcePath: encodeUnixPath(source), destinationPath: encodeUnixPath(destination) }
}

function writeBlock(into: Uint8Array, ends: IpPair | UnixPair): void {
  if (ends.family === 'unix') {
    into.set(ends.sourcePath, FIXED_BYTES)
    into.set(ends.destinationPath, FIXED_BYTES + UNIX_PATH_BYTES)
    return
  }
  const { family, source, destination } = ends
  const destinationAt = FIXED_BYTES + ADDRESS_BYTES[family]
  const portsAt = destinationAt + ADDRESS_BYTES[family]
  writeAddress(into, FIXED_BYTES, family, source)
  writeAddress(into, destinationAt, family, destination)
  writeUint16(into, portsAt, source.port)
  writeUint16(into, portsAt + 2, destination.port)
}

/** A NOOP takes three bytes at least: a smaller gap is closed one alignment later. */
function noopBytes(unpadded: number, alignTo: number): number {
  if (!Number.isInteger(alignTo) || alignTo < 1 || alignTo > 65535) {
    throw new ProxyProtocolError({ code: 'alignment' }, `${alignTo}`)
  }
  let gap = (alignTo - (unpadded % alignTo)) % alignTo
  while (gap > 0 && gap < TLV_FIXED_BYTES) gap += alignTo
  return gap
}
