import { isUtf8 } from 'node:buffer'
import { parse, TomlError } from 'smol-toml'
import type { Place } from './locate-key.ts'
import { isUtf16 } from './utf16.ts'

/** Values of a TOML file, or the first thing that is no TOML. */
export type ParsedToml =
  | { readonly kind: 'values'; readonly values: Readonly<Record<string, unknown>>; readonly text: string }
  | { readonly kind: 'fault'; readonly place: Place | undefined; readonly message: string }

/**
 * Far more than any key needs. Everything that walks the values afterwards calls itself for each level, and copies the path
 * to a key for each key: 100 KB of one key with 50,000 dots took 4 GB, and 2,500 tables inside each other the stack.
 */
const MOST_LEVELS = 32
const TOO_DEEP = `a key is more than ${MOST_LEVELS} tables deep`

/**
 * A key with more parts than levels, where keys begin: cheaper to find before parsing, and it has a place then. No two
 * repetitions in it can take the same character, or long runs of blanks would cost their square.
 */
const DEEP_KEY = (() => {
  const part = String.raw`(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*`
  return new RegExp(String.raw`(?:^|[{,])[ \t]*(?:\[[ \t]*){0,2}${part}(?:\.[ \t]*${part}){${MOST_LEVELS}}`, 'm')
})()

/** Reads the bytes of a TOML file. Never throws, whatever they are. */
export function parseToml(bytes: Uint8Array): ParsedToml {
  if (isUtf16(bytes)) return fault({ line: 1, column: 1 }, 'the file is UTF-16; save it as UTF-8')
  // Drops a byte order mark, which editors on Windows write.
  const text = new TextDecoder().decode(bytes)
  if (!isUtf8(bytes)) return fault(positionOf(text, text.indexOf('\ufffd')), 'the file is not UTF-8')
  const deepKey = DEEP_KEY.exec(text)
  if (deepKey !== null) return fault(positionOf(text, deepKey.index), TOO_DEEP)
  try {
    const values = parse(text, { maxDepth: MOST_LEVELS })
    return isDeeper(values, MOST_LEVELS) ? fault(undefined, TOO_DEEP) : { kind: 'values', values, text }
  } catch (cause) {
    if (!(cause instanceof TomlError)) return fault(undefined, `not TOML: ${String(cause)}`)
    const { line, column } = cause
    const reason = reasonOf(cause, restOfLine(text, line, column))
    return fault({ line, column }, reason === TOO_DEEP ? reason : `not TOML: ${reason}`)
  }
}

function fault(place: Place | undefined, message: string): ParsedToml {
  return { kind: 'fault', place, message }
}

/** Whether there are tables and lists inside each other in more levels than these. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels < 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1))
}

/**
 * The parser's message without its introduction and without the quotation of the line, which may be long; in plainer words
 * for the mistakes that are made most.
 */
function reasonOf({ message }: TomlError, found: string): string {
  const [first = ''] = message.split('\n')
  const reason = first.replace('Invalid TOML document: ', '')
  if (reason.includes('excessively nested')) return TOO_DEEP
  if (reason.startsWith('control characters are not allowed in strings') && found.trim() === '')
    return 'the text has no quotation mark at its end'
  const [, key] = /^\s*([^=\]\n]{1,60}?)\s*[=\]]/.exec(found) ?? []
  if (reason.startsWith('trying to redefine') && key !== undefined) return `${key} is written twice`
  const isBareText = /^(invalid value|illegal character in numeric literal)$/.test(reason) && found.trim() !== ''
  return isBareText ? `${reason}; a text, such as an address or a duration, stands in quotation marks` : reason
}

/** From a place to the end of its line, or as much of that as a message needs; both count from 1. */
function restOfLine(text: string, line: number, column: number): string {
  return text.split('\n', line)[line - 1]?.slice(column - 1, column - 1 + LOOKED_AT) ?? ''
}

/** More than the longest key that a message names, with blanks around it. */
const LOOKED_AT = 200

function positionOf(text: string, offset: number): Place {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: offset - lineStart + 1 }
}
