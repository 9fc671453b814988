import { formatAddress, mapped } from './address/address.ts'
import { IPv4Scanner } from './address/ipv4.ts'
import { IPv6Scanner } from './address/ipv6.ts'
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

  /** @param sourceScanner of the declared family; the destination may be of either, see `pair` */
  constructor(sourceScanner: IPv4Scanner | IPv6Scanner) {
    this.#sourceScanner = sourceScanner
  }

  take(byte: number): MalformedCode | undefined {
    switch (this.#field) {
      case 'source-address':
        if (byte !== SPACE) return this.#sourceScanner.take(byte) ? undefined : 'source-address'
        this.#source = this.#sourceScanner.end()
        if (this.#source === undefined) return 'source-address'
        this.#field = 'destination-address'
        return undefined
      case 'destination-address':
        if (byte !== SPACE) return this.#destinationScanner.take(byte) ? undefined : 'destination-address'
        this.#destination = this.#destinationScanner.end()
        if (this.#destination === undefined) return 'destination-address'
        this.#field = 'source-port'
        return undefined
      case 'source-port':
        if (byte !== SPACE) return this.#sourcePort.take(byte) ? undefined : 'source-port'
        if (!this.#sourcePort.isComplete) return 'source-port'
        this.#field = 'destination-port'
        return undefined
      case 'destination-port':
        if (isDigit(byte)) return this.#destinationPort.take(byte) ? undefined : 'destination-port'
        if (!this.#destinationPort.isComplete) return 'destination-port'
        return byte === CR ? undefined : 'line-end'
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

  take(byte: number): boolean {
    if (this.#ipv4?.take(byte) === false) this.#ipv4 = undefined
    if (this.#ipv6?.take(byte) === false) this.#ipv6 = undefined
    return this.#ipv4 !== undefined || this.#ipv6 !== undefined
  }

  end(): Uint8Array | undefined {
    return this.#ipv4?.end() ?? this.#ipv6?.end()
  }
}

class PortScanner {
  value = 0
  isComplete = false

  take(byte: number): boolean {
    // No sign, no leading zero: two readers of one line must not see two ports.
    if (!isDigit(byte) || (this.isComplete && this.value === 0)) return false
    this.value = this.value * 10 + byte - ZERO
    this.isComplete = true
    return this.value <= 65535
  }
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE
}
