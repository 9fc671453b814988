import { type AddressWords, groupAt, readAddress } from './address-words.ts'

/**
 * The one text that an address has everywhere in this program: IPv4, or IPv6 as RFC 5952 writes it; `::ffff:a.b.c.d` is
 * `a.b.c.d`, and a zone is dropped.
 *
 * @returns undefined where the text is no address
 * @see RFC 5952, section 4
 */
export function canonicalAddress(text: string): string | undefined {
  const words = new Uint32Array(4)
  const family = readAddress(text, words)
  if (family === undefined) return undefined
  return family === 'ipv4' ? ipv4Text(words) : ipv6Text(words)
}

/** The dotted quad in the last word. */
export function ipv4Text(words: AddressWords): string {
  const number = words[3] ?? 0
  return `${number >>> 24}.${(number >>> 16) & 255}.${(number >>> 8) & 255}.${number & 255}`
}

/** RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups (the first of equals) as `::`. */
export function ipv6Text(words: AddressWords): string {
  let runAt = -1
  let runLength = 1
  for (let group = 0; group < 8; ) {
    let length = 0
    while (group + length < 8 && groupAt(words, group + length) === 0) length++
    if (length > runLength) {
      runAt = group
      runLength = length
    }
    group += length + 1
  }
  let text = ''
  for (let group = 0; group < 8; group++) {
    if (group === runAt) {
      text += '::'
      group += runLength - 1
    } else {
      if (text !== '' && !text.endsWith(':')) text += ':'
      text += groupAt(words, group).toString(16)
    }
  }
  return text
}
