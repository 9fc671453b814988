/**
 * The number behind the text of an address, as four 32-bit words, most significant first. IPv4 has its number in the
 * last word and `::ffff:` before it, so one comparison serves both families.
 */
export type AddressWords = Uint32Array

export type Family = 'ipv4' | 'ipv6'

const MAPPED_PREFIX = 0xffff
/** `0000:0000:0000:0000:0000:ffff:255.255.255.255` */
const LONGEST_TEXT = 45

/**
 * Reads the text of an address into `words` without allocating: this runs for every look-up of a client.
 * A zone (`%eth0`) is read over; `::ffff:a.b.c.d`, in either notation, is IPv4.
 *
 * @param words four words that receive the number; their content is undefined where the text is no address
 * @returns the family, or undefined where the text is no address (leading zeros in IPv4 parts are none either:
 *   some read them as octal)
 */
export function readAddress(text: string, words: AddressWords): Family | undefined {
  let end = text.indexOf('%')
  if (end >= 0 && !/^%[^%/\s]+$/.test(text.slice(end))) return undefined
  if (end < 0) end = text.length
  if (end === 0 || end > LONGEST_TEXT) return undefined
  words.fill(0)
  if (text.indexOf(':') < 0) {
    const number = end === text.length ? readIpv4(text, 0, end) : -1
    if (number < 0) return undefined
    words[2] = MAPPED_PREFIX
    words[3] = number
    return 'ipv4'
  }
  if (!readIpv6(text, end, words)) return undefined
  return words[0] === 0 && words[1] === 0 && words[2] === MAPPED_PREFIX ? 'ipv4' : 'ipv6'
}

/** The number of a dotted quad between two indices, or -1. */
function readIpv4(text: string, start: number, end: number): number {
  let number = 0
  let part = -1
  let parts = 0
  for (let at = start; at <= end; at++) {
    const code = at === end ? DOT : text.charCodeAt(at)
    if (code === DOT) {
      if (part < 0) return -1
      number = number * 256 + part
      parts++
      part = -1
    } else {
      const digit = code - ZERO
      if (digit < 0 || digit > 9 || part === 0) return -1
      part = part < 0 ? digit : part * 10 + digit
      if (part > 255) return -1
    }
  }
  return parts === 4 ? number : -1
}

function readIpv6(text: string, end: number, words: AddressWords): boolean {
  let group = 0
  let gapAt = -1
  let at = 0
  if (text.charCodeAt(0) === COLON) {
    if (text.charCodeAt(1) !== COLON) return false
    gapAt = 0
    at = 2
  }
  while (at < end) {
    if (group === 8) return false
    const start = at
    let value = 0
    for (let digit = hexDigit(text.charCodeAt(at)); at < end && digit >= 0; digit = hexDigit(text.charCodeAt(at))) {
      value = value * 16 + digit
      at++
      if (at - start > 4) return false
    }
    if (at < end && text.charCodeAt(at) === DOT) {
      const number = group <= 6 ? readIpv4(text, start, end) : -1
      if (number < 0) return false
      setGroup(words, group++, number >>> 16)
      setGroup(words, group++, number & 0xffff)
      at = end
      break
    }
    if (at === start) return false
    setGroup(words, group++, value)
    if (at === end) break
    if (text.charCodeAt(at) !== COLON) return false
    at++
    if (at === end) return false
    if (text.charCodeAt(at) === COLON) {
      if (gapAt >= 0) return false
      gapAt = group
      at++
    }
  }
  if (gapAt < 0) return group === 8
  // `::` stands for at least one group (RFC 4291 allows one, RFC 5952 only forbids writing it so).
  if (group === 8) return false
  moveBehindGap(words, gapAt, group)
  return true
}

/** Moves the groups that were read after `::` to the end; zeros take their place. */
function moveBehindGap(words: AddressWords, gapAt: number, groups: number): void {
  for (let from = groups - 1, to = 7; from >= gapAt; from--, to--) {
    const value = groupAt(words, from)
    setGroup(words, from, 0)
    setGroup(words, to, value)
  }
}

export function groupAt(words: AddressWords, group: number): number {
  const word = words[group >> 1] ?? 0
  return group & 1 ? word & 0xffff : word >>> 16
}

function setGroup(words: AddressWords, group: number, value: number): void {
  const word = words[group >> 1] ?? 0
  words[group >> 1] = group & 1 ? (word & 0xffff0000) | value : (word & 0xffff) | (value << 16)
}

const ZERO = 48
const DOT = 46
const COLON = 58

function hexDigit(code: number): number {
  if (code >= ZERO && code <= 57) return code - ZERO
  const lower = code | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}
