import { isUtf8 } from 'node:buffer'
import { parse, TomlError } from 'smol-toml'
import { type Place, refusedAt } from './locate-key.ts'
import { wordsFor } from './toml-words/words-for.ts'
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
  // Drops a byte order mark, which editors on Windows write, and their ends of lines: a text over several lines would keep them.
  const text = new TextDecoder().decode(bytes).replaceAll('\r\n', '\n')
  if (!isUtf8(bytes)) return fault(positionOf(text, text.indexOf('\ufffd')), 'the file is not UTF-8')
  const deepKey = DEEP_KEY.exec(text)
  if (deepKey !== null) return fault(positionOf(text, deepKey.index), TOO_DEEP)
  try {
    const values = parse(text, { maxDepth: MOST_LEVELS })
    const thousands = THOUSANDS.exec(text)
    if (thousands !== null && holdsFraction(parse(text, { maxDepth: MOST_LEVELS, integersAsBigInt: true })))
      return thousandsFault(text, thousands)
    if (isDeeper(values, MOST_LEVELS)) return fault(undefined, TOO_DEEP)
    // The parser takes 2023-02-30 for the second of March. The one that tells places knows the calendar.
    const noDate = holdsDate(values) ? refusedAt(text) : undefined
    return noDate === undefined ? { kind: 'values', values, text } : fault(noDate, NO_DATE)
  } catch (cause) {
    if (!(cause instanceof TomlError)) return fault(undefined, `not TOML: ${String(cause)}`)
    return faultOf(cause, text)
  }
}

/** A value with a dot between its digits, as some countries write thousands. To TOML it is a fraction, and 1.000 is 1. */
const THOUSANDS = /[=[,][ \t]*(\d{1,3}\.000)(?=[ \t]*(?:[,\]}#\r\n]|$))/

function thousandsFault(text: string, { index, 0: found, 1: number = '' }: RegExpExecArray): ParsedToml {
  const digits = number.replace('.', '')
  const message = `${number} is the number ${Number(number)} in TOML; write ${digits}, or ${number.replace('.', '_')}`
  return fault(positionOf(text, index + found.length - number.length), message)
}

/** Whether there is a number with a fraction, where whole ones are `bigint`. */
function holdsFraction(value: unknown): boolean {
  if (typeof value === 'number') return true
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsFraction)
}

const NO_DATE =
  'not TOML: this is no date that there is; it is written 2026-02-28, or 2026-02-28T07:32:00Z with its time'

function holdsDate(value: unknown): boolean {
  if (value instanceof Date) return true
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsDate)
}

function fault(place: Place | undefined, message: string): ParsedToml {
  return { kind: 'fault', place, message }
}

/** Whether there are tables and lists inside each other in more levels than these. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels < 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1))
}

/** The parser's message without its introduction and the line that it quotes, or better words where there are any. */
function faultOf({ message, line, column }: TomlError, text: string): ParsedToml {
  const [first = ''] = message.split('\n')
  const reason = first.replace('Invalid TOML document: ', '')
  if (reason.includes('excessively nested')) return fault({ line, column }, TOO_DEEP)
  const words = wordsFor(text, { line, column }, reason)
  return fault(words?.place ?? { line, column }, `not TOML: ${words?.message ?? reason}`)
}

function positionOf(text: string, offset: number): Place {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: offset - lineStart + 1 }
}
