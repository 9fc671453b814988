/** The plain forms of what the codec does in a faster way: references in tests, and what must be beaten in the bench. */

/** Of `decodeUtf8`. */
export function plainText(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Of `decodeUuid`. */
export function plainUuid(bytes: Uint8Array): string {
  let text = ''
  for (const [index, byte] of bytes.entries()) {
    if (index === 4 || index === 6 || index === 8 || index === 10) text += '-'
    text += HEX[byte]
  }
  return text
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
