/**
 * Strict UTF-8 with nothing but ECMAScript: `TextDecoder` is no part of the language, and this package runs where only
 * the language is.
 *
 * @returns `undefined` for bytes that are not UTF-8
 */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  let escaped = ''
  for (const byte of bytes) escaped += byte < 0x10 ? `%0${byte.toString(16)}` : `%${byte.toString(16)}`
  try {
    return decodeURIComponent(escaped)
  } catch {
    return undefined
  }
}

/** @returns `undefined` for text with half a surrogate pair, which has no UTF-8 */
export function encodeUtf8(text: string): Uint8Array | undefined {
  let escaped: string
  try {
    escaped = encodeURIComponent(text)
  } catch {
    return undefined
  }
  const bytes: number[] = []
  for (let at = 0; at < escaped.length; at++) {
    if (escaped[at] !== '%') bytes.push(escaped.charCodeAt(at))
    else {
      bytes.push(Number.parseInt(escaped.slice(at + 1, at + 3), 16))
      at += 2
    }
  }
  return Uint8Array.from(bytes)
}
