/** `at`: the character that is none of a hex number, or the last digit where it has no partner. */
export type ParsedHex =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'malformed'; readonly at: number }

/** Reads hex as tools print it: either case, blanks and colons between the digits, an optional `0x` in front. */
export function parseHex(text: string): ParsedHex {
  const from = /^\s*(0x)?/i.exec(text)?.[0].length ?? 0
  const digits = text.slice(from).replaceAll(/[\s:]/g, '')
  if (/^([0-9a-f]{2})*$/i.test(digits)) return { kind: 'bytes', bytes: Buffer.from(digits, 'hex') }
  const stranger = text.slice(from).search(/[^0-9a-f\s:]/i)
  return { kind: 'malformed', at: stranger === -1 ? text.trimEnd().length - 1 : from + stranger }
}

export function formatHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
}
