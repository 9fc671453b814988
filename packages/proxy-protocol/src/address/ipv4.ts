import { byteAt, writeUint32 } from '../bytes.ts'
import { Scanner } from './scanner.ts'

const DOT = 0x2e
const ZERO = 0x30
const NINE = 0x39

/** @returns the four bytes of `a.b.c.d`: decimals 0 to 255 without leading zeros; `undefined` for any other text */
export function parseIPv4(text: string): Uint8Array | undefined {
  const number = parseIPv4Number(text)
  return number === undefined ? undefined : fourBytes(number)
}

/** The same as one number, for whoever writes it where it belongs. */
export function parseIPv4Number(text: string): number | undefined {
  const scanner = new IPv4Scanner()
  for (let at = 0; at < text.length; at++) if (!scanner.take(text.charCodeAt(at))) return undefined
  return scanner.number()
}

/** The dotted decimals of the four bytes at this offset. */
export function formatIPv4(bytes: Uint8Array, at: number = 0): string {
  return dotted(bytes, at) + dotted(bytes, at + 1) + dotted(bytes, at + 2) + decimal(bytes, at + 3)
}

function decimal(bytes: Uint8Array, at: number): string {
  return DECIMALS[byteAt(bytes, at)] ?? ''
}

function dotted(bytes: Uint8Array, at: number): string {
  return DOTTED[byteAt(bytes, at)] ?? ''
}

/** Of each byte: nearly every header has two addresses, and making eight numbers into text takes a third of its time. */
const DECIMALS: readonly string[] = Array.from({ length: 256 }, (_, byte) => `${byte}`)
const DOTTED: readonly string[] = DECIMALS.map((digits) => `${digits}.`)

/** Dotted decimals. */
export class IPv4Scanner extends Scanner {
  #value = 0
  #octets = 0
  #octet = 0
  #digits = 0

  override take(character: number): boolean {
    if (character >= ZERO && character <= NINE) {
      // 010 is 8 to inet_aton and 10 to others: two readers of one header would see two clients.
      if (this.#digits > 0 && this.#octet === 0) return false
      this.#octet = this.#octet * 10 + character - ZERO
      this.#digits++
      return this.#octet <= 255
    }
    if (character !== DOT || this.#digits === 0 || this.#octets === 3) return false
    this.#value = (this.#value << 8) | this.#octet
    this.#octets++
    this.#octet = 0
    this.#digits = 0
    return true
  }

  /** @returns the address where what was taken is a whole one */
  number(): number | undefined {
    if (this.#octets !== 3 || this.#digits === 0) return undefined
    return ((this.#value << 8) | this.#octet) >>> 0
  }

  /** @returns its four bytes */
  end(): Uint8Array | undefined {
    const number = this.number()
    return number === undefined ? undefined : fourBytes(number)
  }
}

function fourBytes(number: number): Uint8Array {
  const bytes = new Uint8Array(4)
  writeUint32(bytes, 0, number)
  return bytes
}
