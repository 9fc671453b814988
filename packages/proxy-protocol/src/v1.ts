import { formatAddress } from './address/address.ts'
import { IPv4Scanner } from './address/ipv4.ts'
import { IPv6Scanner } from './address/ipv6.ts'
import { byteAt } from './bytes.ts'
import type { Decoded } from './decoded.ts'
import { ADDRESS_BYTES, type HeaderToEncode, type IpPair, ipPair, isUnix, writeAddress } from './endpoints.ts'
import { type Malformed, type MalformedCode, malformed, ProxyProtocolError } from './errors.ts'
import { type Header, NO_TLVS } from './header.ts'
import { V1_SIGNATURE } from './signature.ts'
import { V1Fields } from './v1-fields.ts'

/** The specification's buffer is 108 bytes, one of them for a NUL behind the CRLF. */
const LONGEST_LINE_BYTES = 107
/** `PROXY UNKNOWN\r\n` */
export const SHORTEST_LINE_BYTES = 15

const CR = 0x0d
const LF = 0x0a

/** What stands behind the signature, and the shortest line it begins: a TCP4 line may have the destination `::`. */
const WORDS = [
  { text: ' TCP4 ', shortestBytes: 27 },
  { text: ' TCP6 ', shortestBytes: 22 },
  { text: ' UNKNOWN\r', shortestBytes: SHORTEST_LINE_BYTES },
  { text: ' UNKNOWN ', shortestBytes: SHORTEST_LINE_BYTES + 1 },
] as const

/** `ignored` is what stands between UNKNOWN and the CRLF. */
type Stage = 'word' | 'fields' | 'ignored' | 'line-feed' | 'done'

/**
 * Reads a version 1 line byte by byte and refuses at the first byte that cannot belong to one, so the fault at the
 * lowest offset names the error however the line is cut. It remembers how far it has read.
 *
 * @see PROXY protocol, section 2.1
 */
export class LineDecoder {
  readonly #longestBytes: number
  readonly #tooLong: MalformedCode
  #at = V1_SIGNATURE.length
  #stage: Stage = 'word'
  #words: readonly (typeof WORDS)[number][] = WORDS
  #fields: V1Fields | undefined
  #previousByte = 0
  #refused: Malformed | undefined

  constructor(limitBytes: number = LONGEST_LINE_BYTES) {
    this.#longestBytes = Math.min(limitBytes, LONGEST_LINE_BYTES)
    this.#tooLong = limitBytes < LONGEST_LINE_BYTES ? 'too-long' : 'line-too-long'
  }

  /** @param bytes everything received so far, `PROXY` at its start */
  decode(bytes: Uint8Array): Decoded {
    while (this.#at < bytes.length && this.#stage !== 'done' && this.#refused === undefined) {
      if (this.#stage === 'fields' && this.#fields !== undefined) this.#scanFields(bytes, this.#fields)
      else this.#takeByte(byteAt(bytes, this.#at))
    }
    if (this.#refused !== undefined) return this.#refused
    if (this.#stage === 'done') return { kind: 'header', header: this.#header(), headerBytes: this.#at }
    return { kind: 'incomplete', atLeastBytes: this.#atLeastBytes() }
  }

  #takeByte(byte: number): void {
    const code = this.#take(byte) ?? this.#judgeLength(byte)
    if (code === undefined) this.#at++
    else this.#refused = malformed(code, this.#at)
    this.#previousByte = byte
  }

  #take(byte: number): MalformedCode | undefined {
    switch (this.#stage) {
      case 'word':
        return this.#takeWord(byte)
      case 'ignored':
        if (byte === LF && this.#previousByte === CR) this.#stage = 'done'
        return undefined
      case 'line-feed':
        if (byte !== LF) return 'line-end'
        this.#stage = 'done'
        return undefined
      case 'fields':
      case 'done':
        return undefined
    }
  }

  #takeWord(byte: number): MalformedCode | undefined {
    const index = this.#at - V1_SIGNATURE.length
    if (!this.#words.every((word) => word.text.charCodeAt(index) === byte)) {
      this.#words = this.#words.filter((word) => word.text.charCodeAt(index) === byte)
    }
    const word = this.#words[0]
    if (word === undefined) return 'protocol-word'
    if (index < word.text.length - 1) return undefined
    switch (word.text) {
      case ' TCP4 ':
      case ' TCP6 ':
        this.#fields = new V1Fields(word.text === ' TCP4 ' ? new IPv4Scanner() : new IPv6Scanner())
        this.#stage = 'fields'
        return undefined
      case ' UNKNOWN ':
        this.#stage = 'ignored'
        return undefined
      case ' UNKNOWN\r':
        this.#stage = 'line-feed'
        return undefined
    }
  }

  /** Reads on in the fields, in one go up to where the CRLF must be, and there by single bytes. */
  #scanFields(bytes: Uint8Array, fields: V1Fields): void {
    const crlfAt = this.#longestBytes - 2
    const from = this.#at
    const isAtTheEnd = from >= crlfAt
    this.#at = fields.scan(bytes, from, isAtTheEnd ? from + 1 : Math.min(bytes.length, crlfAt))
    if (fields.fault !== undefined) this.#refused = malformed(fields.fault, this.#at)
    else if (isAtTheEnd && !(fields.isComplete && from === crlfAt)) this.#refused = malformed(this.#tooLong, from)
    else if (fields.isComplete) this.#stage = 'line-feed'
  }

  /** Refuses where the CRLF can no longer come in time: nobody sends us a line without an end (CVE-2021-23351). */
  #judgeLength(byte: number): MalformedCode | undefined {
    if (this.#stage === 'done') return undefined
    const leftBytes = this.#longestBytes - 1 - this.#at
    return leftBytes < 1 || (leftBytes === 1 && byte !== CR) ? this.#tooLong : undefined
  }

  #atLeastBytes(): number {
    const hasCR = this.#stage === 'line-feed' || (this.#stage === 'ignored' && this.#previousByte === CR)
    const shortestBytes = Math.min(...this.#words.map((word) => word.shortestBytes))
    return Math.max(shortestBytes, this.#at + (hasCR ? 1 : 2))
  }

  #header(): Header {
    const pair = this.#fields?.pair()
    if (pair !== undefined) {
      const { family, source, destination } = pair
      return { version: 1, command: 'PROXY', family, transport: 'stream', source, destination, tlvs: NO_TLVS }
    }
    return {
      version: 1,
      command: 'PROXY',
      family: 'unspecified',
      transport: 'unspecified',
      source: null,
      destination: null,
      tlvs: NO_TLVS,
    }
  }
}

/**
 * Encodes a version 1 line; an IPv4 and an IPv6 end point become a TCP6 pair, the IPv4 side mapped. `LOCAL` and a
 * header without end points are `UNKNOWN`: version 1 has one word for both.
 *
 * @throws {ProxyProtocolError} `not-in-version-1` for unix sockets, datagrams and TLVs; `address`, `port`
 * @see PROXY protocol, section 2.1
 */
export function encodeV1(header: HeaderToEncode): Uint8Array {
  if (header.command === 'LOCAL' || header.source === null) return ascii('PROXY UNKNOWN\r\n')
  if (isUnix(header)) throw new ProxyProtocolError({ code: 'not-in-version-1' }, 'a unix socket')
  if (header.transport === 'datagram') throw new ProxyProtocolError({ code: 'not-in-version-1' }, 'a datagram')
  if (header.tlvs !== undefined && header.tlvs.length > 0) {
    throw new ProxyProtocolError({ code: 'not-in-version-1' }, 'a TLV')
  }
  const pair = ipPair(header.source, header.destination)
  const word = pair.family === 'IPv4' ? 'TCP4' : 'TCP6'
  const addresses = `${addressText(pair, 'source')} ${addressText(pair, 'destination')}`
  return ascii(`PROXY ${word} ${addresses} ${pair.source.port} ${pair.destination.port}\r\n`)
}

function addressText(pair: IpPair, end: 'source' | 'destination'): string {
  const bytes = new Uint8Array(ADDRESS_BYTES[pair.family])
  writeAddress(bytes, 0, pair.family, pair[end])
  return formatAddress(bytes)
}

function ascii(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at)
  return bytes
}
