import { endpointText } from '@infrarust/core'
import { formatAddressWords } from '@infrarust/proxy-protocol'

/** What one packet says of a stream. */
export interface Segment {
  /** `192.0.2.1:54321` */
  readonly from: string
  readonly to: string
  readonly sequence: number
  readonly isSyn: boolean
  readonly isAck: boolean
  readonly payload: Uint8Array
}

export type FoundSegment =
  | { readonly kind: 'segment'; readonly segment: Segment }
  /** No packet, but what a packet carries: somebody has cut its headers off. */
  | { readonly kind: 'payload' }
  | { readonly kind: 'fault'; readonly message: string }

/** Where IP begins behind the header of the link, and where that header says which version it is: Ethernet, VLAN, Linux's own. */
const LINKS = [
  { ip: 14, type: 12 },
  { ip: 18, type: 16 },
  { ip: 16, type: 14 },
  { ip: 20, type: 0 },
] as const
const ETHERTYPES: ReadonlyMap<number, 4 | 6> = new Map([
  [0x0800, 4],
  [0x86dd, 6],
])

const TCP = 6
const FRAGMENT = 44
/** Hop-by-hop options, routing, destination options: each says how long it is, and what comes next. */
const SKIPPED: ReadonlySet<number> = new Set([0, 43, 60])

const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')

/** Finds what TCP carries in a packet, which begins with its IP header (`tcpdump -x`) or with that of the link (`-xx`). */
export function tcpSegment(bytes: Uint8Array): FoundSegment {
  const packet = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (packet.subarray(0, 12).equals(SIGNATURE) || packet.toString('latin1', 0, 5) === 'PROXY')
    return { kind: 'payload' }
  const version = versionAt(packet, 0)
  if (version !== undefined) return ofIp(packet, version)
  for (const { ip, type } of LINKS) {
    const behind = packet.length > ip ? ETHERTYPES.get(packet.readUInt16BE(type)) : undefined
    if (behind !== undefined && versionAt(packet, ip) === behind) return ofIp(packet.subarray(ip), behind)
  }
  return fault('neither an IP packet nor a PROXY header')
}

function versionAt(packet: Buffer, at: number): 4 | 6 | undefined {
  const version = (packet[at] ?? 0) >> 4
  if (version !== 4 && version !== 6) return undefined
  const rest = packet.length - at
  if (version === 6) return rest >= IPV6_BYTES ? 6 : undefined
  return rest >= IPV4_BYTES && ((packet[at] ?? 0) & 15) * 4 >= IPV4_BYTES ? 4 : undefined
}

const IPV4_BYTES = 20
const IPV6_BYTES = 40

function ofIp(packet: Buffer, version: 4 | 6): FoundSegment {
  return version === 4 ? ofIpv4(packet) : ofIpv6(packet)
}

function ofIpv4(packet: Buffer): FoundSegment {
  const headerBytes = (packet.readUInt8(0) & 15) * 4
  // A card that takes large packets apart by itself is given ones whose length is 0.
  const totalBytes = packet.readUInt16BE(2) || packet.length
  if ((packet.readUInt16BE(6) & 0x3fff) !== 0) return fault('a fragment of a packet')
  if (packet.readUInt8(9) !== TCP) return fault('no TCP packet')
  const [from, to] = [12, 16].map((at) => packet.subarray(at, at + 4).join('.'))
  return ofTcp(packet.subarray(headerBytes, totalBytes), from ?? '', to ?? '')
}

function ofIpv6(packet: Buffer): FoundSegment {
  const [from, to] = [8, 24].map((at) =>
    formatAddressWords(Uint32Array.from([0, 4, 8, 12], (word) => packet.readUInt32BE(at + word))),
  )
  const totalBytes = IPV6_BYTES + packet.readUInt16BE(4)
  const end = totalBytes === IPV6_BYTES ? packet.length : totalBytes
  let next = packet.readUInt8(6)
  let at = IPV6_BYTES
  while (SKIPPED.has(next) && at + 8 <= packet.length) {
    next = packet.readUInt8(at)
    at += (packet.readUInt8(at + 1) + 1) * 8
  }
  if (next === FRAGMENT) return fault('a fragment of a packet')
  if (next !== TCP) return fault('no TCP packet')
  return ofTcp(packet.subarray(at, end), from ?? '', to ?? '')
}

const TCP_BYTES = 20
const SYN = 0x02
const ACK = 0x10

function ofTcp(segment: Buffer, from: string, to: string): FoundSegment {
  const headerBytes = segment.length < TCP_BYTES ? TCP_BYTES : (segment.readUInt8(12) >> 4) * 4
  if (segment.length < headerBytes || headerBytes < TCP_BYTES)
    return fault('it ends in its TCP header; let tcpdump write all of it (-s 0)')
  const flags = segment.readUInt8(13)
  return {
    kind: 'segment',
    segment: {
      from: endpointText({ host: from, port: segment.readUInt16BE(0) }),
      to: endpointText({ host: to, port: segment.readUInt16BE(2) }),
      sequence: segment.readUInt32BE(4),
      isSyn: (flags & SYN) !== 0,
      isAck: (flags & ACK) !== 0,
      payload: segment.subarray(headerBytes),
    },
  }
}

function fault(message: string): FoundSegment {
  return { kind: 'fault', message }
}
