import { byteAt, uint16At, writeUint16 } from '../bytes.ts'
import { formatIPv4, IPv4Scanner } from './ipv4.ts'
import { Scanner } from './scanner.ts'

const DOT = 0x2e
const COLON = 0x3a
const ZERO = 0x30
const GROUPS = 8

/**
 * @returns the 16 bytes of an IPv6 address as RFC 4291 section 2.2 writes it, a dotted quad at its end included;
 *   `undefined` for any other text, one with a zone, brackets or a prefix length too
 */
export function parseIPv6(text: string): Uint8Array | undefined {
  const scanner = scanIPv6(text)
  return scanner && sixteenBytes(scanner)
}

/** @returns what has taken the text, for its eight groups; `undefined` where the text is no address */
export function scanIPv6(text: string): IPv6Scanner | undefined {
  const scanner = new IPv6Scanner()
  for (let at = 0; at < text.length; at++) if (!scanner.take(text.charCodeAt(at))) return undefined
  return scanner.finish() ? scanner : undefined
}

function sixteenBytes(scanner: IPv6Scanner): Uint8Array {
  const bytes = new Uint8Array(16)
  for (let group = 0; group < GROUPS; group++) writeUint16(bytes, 2 * group, scanner.group(group))
  return bytes
}

/** The 16 bytes at this offset as RFC 5952 writes them; the mapped range with its dotted quad (section 5). */
export function formatIPv6(bytes: Uint8Array, at: number = 0): string {
  if (isMapped(bytes, at)) return `::ffff:${formatIPv4(bytes, at + 12)}`
  const gap = longestZeroRun(bytes, at)
  let text = ''
  let separator = ''
  for (let group = 0; group < GROUPS; group++) {
    if (group === gap.start) {
      text += '::'
      separator = ''
      group += gap.groups - 1
    } else {
      text += separator + uint16At(bytes, at + 2 * group).toString(16)
      separator = ':'
    }
  }
  return text
}

/** Whether the 16 bytes at this offset are in `::ffff:0:0/96`, an IPv4 address in IPv6 clothes. */
export function isMapped(bytes: Uint8Array, at: number = 0): boolean {
  for (let i = 0; i < 10; i++) if (byteAt(bytes, at + i) !== 0) return false
  return uint16At(bytes, at + 10) === 0xffff
}

/** RFC 5952 section 4.2: the longest run of two or more zero groups, the first of several. */
function longestZeroRun(bytes: Uint8Array, at: number): { start: number; groups: number } {
  const longest = { start: -1, groups: 1 }
  for (let start = 0; start < GROUPS; start++) {
    let end = start
    while (end < GROUPS && uint16At(bytes, at + 2 * end) === 0) end++
    if (end - start > longest.groups) {
      longest.start = start
      longest.groups = end - start
    }
    start = end
  }
  return longest
}

/** Groups, one `::` at most, a dotted quad at the end perhaps. */
export class IPv6Scanner extends Scanner {
  readonly #groups: number[] = []
  #value = 0
  #digits = 0
  /** Groups before the `::`, -1 until there is one. */
  #gapAfter = -1
  /** The last character was a colon that is not the second of `::`. */
  #afterColon = false
  #quad: IPv4Scanner | undefined

  override take(character: number): boolean {
    if (this.#quad !== undefined) return this.#quad.take(character)
    if (character === COLON) return this.#takeColon()
    if (character === DOT) return this.#startQuad()
    const digit = hexDigit(character)
    if (digit < 0 || this.#digits === 4 || this.#groups.length === this.#mostGroups()) return false
    // ":1" at the start: a single colon stands between groups only.
    if (this.#afterColon && this.#groups.length === 0) return false
    this.#value = (this.#value << 4) | digit
    this.#digits++
    this.#afterColon = false
    return true
  }

  /** @returns whether what was taken is a whole address; to be called once, behind its last character */
  finish(): boolean {
    if (this.#quad !== undefined) {
      const number = this.#quad.number()
      if (number === undefined) return false
      this.#push(number >>> 16)
      this.#push(number & 0xffff)
    } else if (this.#digits > 0) this.#push(this.#value)
    else if (this.#afterColon) return false
    return this.#gapAfter >= 0 || this.#groups.length === GROUPS
  }

  /** One of the eight groups of a whole address, the zeros of `::` among them. */
  group(index: number): number {
    if (this.#gapAfter < 0 || index < this.#gapAfter) return this.#groups[index] ?? 0
    const missing = GROUPS - this.#groups.length
    return index < this.#gapAfter + missing ? 0 : (this.#groups[index - missing] ?? 0)
  }

  /** @returns its 16 bytes, where what was taken is a whole address */
  end(): Uint8Array | undefined {
    return this.finish() ? sixteenBytes(this) : undefined
  }

  #takeColon(): boolean {
    if (this.#digits > 0) {
      this.#push(this.#value)
      this.#afterColon = true
      return this.#groups.length < this.#mostGroups() || (this.#gapAfter < 0 && this.#groups.length < GROUPS)
    }
    if (this.#afterColon) {
      this.#afterColon = false
      if (this.#gapAfter >= 0) return false
      this.#gapAfter = this.#groups.length
      return true
    }
    if (this.#groups.length > 0 || this.#gapAfter >= 0) return false
    this.#afterColon = true
    return true
  }

  /** The digits taken last were decimals of a dotted quad: it takes the room of the last two groups. */
  #startQuad(): boolean {
    if (this.#gapAfter < 0 ? this.#groups.length !== GROUPS - 2 : this.#groups.length > GROUPS - 3) return false
    this.#quad = new IPv4Scanner()
    for (let shift = 4 * (this.#digits - 1); shift >= 0; shift -= 4) {
      const digit = (this.#value >>> shift) & 0xf
      if (digit > 9 || !this.#quad.take(ZERO + digit)) return false
    }
    return this.#quad.take(DOT)
  }

  /** A `::` stands for one group at least. */
  #mostGroups(): number {
    return this.#gapAfter < 0 ? GROUPS : GROUPS - 1
  }

  #push(value: number): void {
    this.#groups.push(value)
    this.#value = 0
    this.#digits = 0
  }
}

function hexDigit(character: number): number {
  if (character >= ZERO && character <= 0x39) return character - ZERO
  const lower = character | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
