/** `at`: the character that decided it. */
export type ParsedEscapes =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'malformed'; readonly at: number; readonly message: string }

/** Quotes around it, as shells, C and Python write them: `'…'`, `"…"`, `$'…'`, `b'…'`. */
const QUOTED = /^\s*(?:\$|b)?(["'])/i

/** One byte as C, shells, Python and JSON write it. */
const ESCAPE = /\\(?:x([0-9a-f]{2})|u00([0-9a-f]{2})|([0-7]{1,3})|([abefnrtv\\'"]))/iy

const NAMED: Readonly<Record<string, number>> = {
  a: 0x07,
  b: 0x08,
  t: 0x09,
  n: 0x0a,
  v: 0x0b,
  f: 0x0c,
  r: 0x0d,
  e: 0x1b,
  '\\': 0x5c,
  "'": 0x27,
  '"': 0x22,
}

/**
 * Reads bytes as programs write them into a text: `\x0d\x0a`, `\r\n`, `\015`, and what can be printed as it is. Where
 * everything is written as `\x…`, blanks between are none of the bytes.
 */
export function parseEscapes(text: string): ParsedEscapes {
  const quote = QUOTED.exec(text)
  const from = quote?.[0].length ?? 0
  const trimmed = text.trimEnd()
  const end =
    quote !== null && trimmed.length > from && trimmed.endsWith(quote[1] ?? '') ? trimmed.length - 1 : text.length
  const areBlanksBetween = isHexAlone(text.slice(from, end))
  const bytes: number[] = []
  for (let at = from; at < end; ) {
    const character = text.charCodeAt(at)
    if (character !== BACKSLASH) {
      if (areBlanksBetween) {
        at++
        continue
      }
      if (character < 0x20 || character > 0x7e)
        return { kind: 'malformed', at, message: 'what cannot be printed stands here as \\x and two digits' }
      bytes.push(character)
      at++
      continue
    }
    ESCAPE.lastIndex = at
    const found = ESCAPE.exec(text)
    const byte = found === null ? undefined : byteOf(found)
    if (byte === undefined || ESCAPE.lastIndex > end)
      return { kind: 'malformed', at, message: 'no escape of a byte: \\x and two digits, \\r, \\n, \\0 or \\\\' }
    bytes.push(byte)
    at = ESCAPE.lastIndex
  }
  return { kind: 'bytes', bytes: Uint8Array.from(bytes) }
}

const BACKSLASH = 0x5c

function isHexAlone(text: string): boolean {
  return text.replaceAll(/\\x[0-9a-f]{2}/gi, '').trim() === ''
}

function byteOf([, hex, unicode, octal, name]: RegExpExecArray): number | undefined {
  const digits = hex ?? unicode
  if (digits !== undefined) return Number.parseInt(digits, 16)
  if (octal !== undefined) {
    const byte = Number.parseInt(octal, 8)
    return byte > 0xff ? undefined : byte
  }
  return NAMED[name ?? '']
}
