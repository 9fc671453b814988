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

/** The same as one number, for whoever writes it where it belongs. Every header sent has two: no scanner is made for them. */
export function parseIPv4Number(text: string): number | undefined {
  let value = 0
  let at = 0
  for (let octets = 0; octets < 4; octets++) {
    if (octets > 0 && text.charCodeAt(at++) !== DOT) return undefined
    const start = at
    let octet = 0
    for (let digit = text.charCodeAt(at) - ZERO; digit >= 0 && digit <= 9; digit = text.charCodeAt(++at) - ZERO) {
      octet = octet * 10 + digit
      if (octet > 255 || (at > start && text.charCodeAt(start) === ZERO)) return undefined
    }
    if (at === start) return undefined
    value = (value << 8) | octet
  }
  return at === text.length ? value >>> 0 : undefined
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

/** Of each byte: nearly every header needs two addresses, and eight numbers as text cost a third of decoding it. */
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

  /** @returns the four bytes where what was taken is a whole address */
  end(): Uint8Array | undefined {
    if (this.#octets !== 3 || this.#digits === 0) return undefined
    return fourBytes(((this.#value << 8) | this.#octet) >>> 0)
  }
}

function fourBytes(number: number): Uint8Array {
  const bytes = new Uint8Array(4)
  writeUint32(bytes, 0, number)
  return bytes
}
