/** Bytes from hex digits; spaces may stand between them. */
export function hex(...digits: readonly string[]): Uint8Array {
  return new Uint8Array(Buffer.from(digits.join('').replaceAll(' ', ''), 'hex'))
}

export function toHex(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('hex')
}

/** UTF-16BE with its length in front, as strings were before 1.7. */
export function string16(text: string): Uint8Array {
  const bytes = Buffer.alloc(2 + 2 * text.length)
  bytes.writeUInt16BE(text.length)
  bytes.set(Buffer.from(text, 'utf16le').swap16(), 2)
  return new Uint8Array(bytes)
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}
