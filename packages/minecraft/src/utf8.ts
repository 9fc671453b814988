// Both exist in every JavaScript runtime, but their types come with the DOM or with Node, and this package needs neither.
declare const TextEncoder: new () => { encode(text: string): Uint8Array }
declare const TextDecoder: new (
  label: 'utf-8',
  options: { readonly fatal: boolean; readonly ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string }

const encoder = new TextEncoder()
// Without ignoreBOM a leading U+FEFF is swallowed, and what was read is no longer what was sent.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const replacing = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true })

export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/**
 * The text between two offsets.
 *
 * @returns undefined for bytes that are not valid UTF-8
 */
export function decodeUtf8(bytes: Uint8Array, start: number = 0, end: number = bytes.length): string | undefined {
  if (end - start <= SHORT_BYTES) {
    const text = decodeAscii(bytes, start, end)
    if (text !== undefined) return text
  }
  try {
    return decoder.decode(bytes.subarray(start, end))
  } catch {
    return undefined
  }
}

/** The same with U+FFFD for what is not valid, as the game itself reads it. */
export function decodeUtf8Replacing(bytes: Uint8Array): string {
  return replacing.decode(bytes)
}

/** A name, and nearly every host. The decoder takes more than twice as long for a name, and less for what is longer. */
const SHORT_BYTES = 24

/** Eight characters in one call, so that even longer names are few pieces. */
function decodeAscii(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = ''
  let at = start
  for (; at + 8 <= end; at += 8) {
    const [a = 0, b = 0, c = 0, d = 0] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]
    const [e = 0, f = 0, g = 0, h = 0] = [bytes[at + 4], bytes[at + 5], bytes[at + 6], bytes[at + 7]]
    if ((a | b | c | d | e | f | g | h) > 0x7f) return undefined
    text += String.fromCharCode(a, b, c, d, e, f, g, h)
  }
  for (; at < end; at++) {
    const code = bytes[at] ?? 0
    if (code > 0x7f) return undefined
    text += String.fromCharCode(code)
  }
  return text
}
