/** `at`: the character that is none of a hex number, or the last digit where it has no partner. */
export type ParsedHex =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'malformed'; readonly at: number }

/** Reads hex as tools print it: either case, blanks and colons between the digits, an optional `0x` in front. */
export function parseHex(text: string): ParsedHex {
  const from = /^\s*(0x)?/i.exec(text)?.[0].length ?? 0
  const stranger = text.slice(from).search(/[^0-9a-f\s:]/i)
  if (stranger !== -1) return { kind: 'malformed', at: from + stranger }
  const digits = text.slice(from).replaceAll(/[\s:]/g, '')
  if (digits.length % 2 === 1) return { kind: 'malformed', at: text.search(/[0-9a-f][\s:]*$/i) }
  return { kind: 'bytes', bytes: Buffer.from(digits, 'hex') }
}

export function formatHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
}
