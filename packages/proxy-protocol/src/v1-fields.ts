import { formatAddress, mapped } from './address/address.ts'
import { IPv4Scanner } from './address/ipv4.ts'
import { IPv6Scanner } from './address/ipv6.ts'
import { Scanner } from './address/scanner.ts'
import { byteAt } from './bytes.ts'
import type { MalformedCode } from './errors.ts'
import type { InternetEndpoint } from './header.ts'

const SPACE = 0x20
const CR = 0x0d
const ZERO = 0x30
const NINE = 0x39

type Field = 'source-address' | 'destination-address' | 'source-port' | 'destination-port'

/** The four fields of a TCP4 or TCP6 line, from the byte behind the word's space to its CR. */
export class V1Fields {
  readonly #sourceScanner: IPv4Scanner | IPv6Scanner
  readonly #destinationScanner = new EitherScanner()
  readonly #sourcePort = new PortScanner()
  readonly #destinationPort = new PortScanner()
  #field: Field = 'source-address'
  #source: Uint8Array | undefined
  #destination: Uint8Array | undefined
  /** The CR has come. */
  isComplete = false
  /** Of the byte at which `scan` stopped. */
  fault: MalformedCode | undefined

  /** @param sourceScanner of the declared family; the destination may be of either, see `pair` */
  constructor(sourceScanner: IPv4Scanner | IPv6Scanner) {
    this.#sourceScanner = sourceScanner
  }

  /**
   * Goes on where it stopped.
   *
   * @returns the offset behind the last byte that is one of the fields': `end`, that of the byte behind the CR, or
   *   that of the byte with the `fault`
   */
  scan(bytes: Uint8Array, from: number, end: number): number {
    let at = from
    while (at < end && !this.isComplete) {
      at = this.#scanField(bytes, at, end)
      if (at === end) return at
      this.fault = this.#endField(byteAt(bytes, at))
      if (this.fault !== undefined) return at
      at++
    }
    return at
  }

  #scanField(bytes: Uint8Array, from: number, end: number): number {
    switch (this.#field) {
      case 'source-address':
        return this.#sourceScanner.scan(bytes, from, end)
      case 'destination-address':
        return this.#destinationScanner.scan(bytes, from, end)
      case 'source-port':
        return this.#sourcePort.scan(bytes, from, end)
      case 'destination-port':
        return this.#destinationPort.scan(bytes, from, end)
    }
  }

  /** What does not belong to a field must end it, and the field must be whole. */
  #endField(byte: number): MalformedCode | undefined {
    switch (this.#field) {
      case 'source-address':
        this.#source = byte === SPACE ? this.#sourceScanner.end() : undefined
        if (this.#source === undefined) return 'source-address'
        this.#field = 'destination-address'
        return undefined
      case 'destination-address':
        this.#destination = byte === SPACE ? this.#destinationScanner.end() : undefined
        if (this.#destination === undefined) return 'destination-address'
        this.#field = 'source-port'
        return undefined
      case 'source-port':
        if (byte !== SPACE || !this.#sourcePort.isComplete) return 'source-port'
        this.#field = 'destination-port'
        return undefined
      case 'destination-port':
        if (isDigit(byte) || !this.#destinationPort.isComplete) return 'destination-port'
        if (byte !== CR) return 'line-end'
        this.isComplete = true
        return undefined
    }
  }

  /**
   * The pair once the CR has come. nginx, listening on both families, writes a destination that is not of the family
   * of the word (nginx issue 1609): the pair is an IPv6 pair then, its IPv4 side mapped.
   */
  pair(): { family: 'IPv4' | 'IPv6'; source: InternetEndpoint; destination: InternetEndpoint } | undefined {
    if (this.#source === undefined || this.#destination === undefined) return undefined
    const family = this.#source.length === 4 && this.#destination.length === 4 ? 'IPv4' : 'IPv6'
    const source = family === 'IPv4' ? this.#source : mapped(this.#source)
    const destination = family === 'IPv4' ? this.#destination : mapped(this.#destination)
    return {
      family,
      source: { address: formatAddress(source), port: this.#sourcePort.value },
      destination: { address: formatAddress(destination), port: this.#destinationPort.value },
    }
  }
}

/** Goes on while either family can; no text is an address of both. */
class EitherScanner {
  #ipv4: IPv4Scanner | undefined = new IPv4Scanner()
  #ipv6: IPv6Scanner | undefined = new IPv6Scanner()

  scan(bytes: Uint8Array, from: number, end: number): number {
    const ipv4End = this.#ipv4?.scan(bytes, from, end) ?? from
    const ipv6End = this.#ipv6?.scan(bytes, from, end) ?? from
    if (ipv4End < ipv6End) this.#ipv4 = undefined
    if (ipv6End < ipv4End) this.#ipv6 = undefined
    return Math.max(ipv4End, ipv6End)
  }

  end(): Uint8Array | undefined {
    return this.#ipv4?.end() ?? this.#ipv6?.end()
  }
}

class PortScanner extends Scanner {
  value = 0
  isComplete = false

  override take(byte: number): boolean {
    // No sign, no leading zero: two readers of one line must not see two ports.
    if (!isDigit(byte) || (this.isComplete && this.value === 0)) return false
    const value = this.value * 10 + byte - ZERO
    if (value > 65535) return false
    this.value = value
    this.isComplete = true
    return true
  }
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE
}
