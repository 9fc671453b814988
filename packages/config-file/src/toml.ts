import { isUtf8 } from 'node:buffer'
import { parse, TomlError } from 'smol-toml'

/** Values of a TOML file, or the first thing that is no TOML; lines and columns count from 1. */
export type ParsedToml =
  | { readonly kind: 'values'; readonly values: Readonly<Record<string, unknown>>; readonly text: string }
  | { readonly kind: 'fault'; readonly line: number; readonly column: number; readonly message: string }

/** Reads the bytes of a TOML file. Never throws, whatever they are. */
export function parseToml(bytes: Uint8Array): ParsedToml {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return { kind: 'fault', line: 1, column: 1, message: 'the file is UTF-16; save it as UTF-8' }
  // Drops a byte order mark, which editors on Windows write.
  const text = new TextDecoder().decode(bytes)
  if (!isUtf8(bytes))
    return { kind: 'fault', ...positionOf(text, text.indexOf('\ufffd')), message: 'the file is not UTF-8' }
  try {
    return { kind: 'values', values: parse(text), text }
  } catch (cause) {
    if (!(cause instanceof TomlError))
      return { kind: 'fault', line: 1, column: 1, message: `not TOML: ${String(cause)}` }
    const { line, column } = cause
    return { kind: 'fault', line, column, message: `not TOML: ${reasonOf(cause, restOfLine(text, line, column))}` }
  }
}

/**
 * The parser's message without its introduction and without the quotation of the line, which may be long; in plainer words
 * for the mistakes that are made most.
 */
function reasonOf({ message }: TomlError, found: string): string {
  const [first = ''] = message.split('\n')
  const reason = first.replace('Invalid TOML document: ', '')
  if (reason.startsWith('control characters are not allowed in strings') && found.trim() === '')
    return 'the text has no quotation mark at its end'
  const [, key] = /^\s*([^=\]\n]{1,60}?)\s*[=\]]/.exec(found) ?? []
  if (reason.startsWith('trying to redefine') && key !== undefined) return `${key} is written twice`
  const isBareText = /^(invalid value|illegal character in numeric literal)$/.test(reason) && found.trim() !== ''
  return isBareText ? `${reason}; a text, such as an address or a duration, stands in quotation marks` : reason
}

/** From a place to the end of its line; both count from 1. */
function restOfLine(text: string, line: number, column: number): string {
  return text.split('\n', line)[line - 1]?.slice(column - 1) ?? ''
}

function positionOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: offset - lineStart + 1 }
}
