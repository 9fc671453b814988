import type { Place } from './locate-key.ts'
import { bracketLeftOpen } from './toml-brackets.ts'

/** What is wrong at a place, in words that say how to mend it. */
export interface Words {
  /** Where it is to be mended, where that is not where the parser gave up. */
  readonly place?: Place
  readonly message: string
}

/** As much of a line as is looked at: a line may be a megabyte long. */
const LONGEST_LOOK = 400

/** Where the parser has given up. */
interface Failure {
  readonly text: string
  /** Where the line begins in the text. */
  readonly lineStart: number
  readonly offset: number
  readonly line: string
  /** Of the line, up to the place and from it on. */
  readonly before: string
  readonly rest: string
  /** What the parser says. */
  readonly reason: string
}

type Rule = (failure: Failure) => Words | string | undefined

/**
 * Words for the mistakes that people make in TOML, found by what stands where the parser has given up: its own message names
 * what it expected, and not what was meant. Undefined for a mistake that none of the rules knows.
 *
 * @param reason the parser's message without its introduction
 */
export function wordsFor(text: string, place: Place, reason: string): Words | undefined {
  const lineStart = startOfLine(text, place.line)
  const end = text.indexOf('\n', lineStart)
  const offset = lineStart + place.column - 1
  const failure: Failure = {
    text,
    lineStart,
    offset,
    line: text.slice(lineStart, Math.min(end === -1 ? text.length : end, lineStart + LONGEST_LOOK)),
    before: text.slice(Math.max(lineStart, offset - LONGEST_LOOK), offset),
    rest: text
      .slice(offset, Math.min(end === -1 ? text.length : Math.max(end, offset), offset + LONGEST_LOOK))
      .trimEnd(),
    reason,
  }
  for (const rule of RULES) {
    const words = rule(failure)
    if (words !== undefined) return typeof words === 'string' ? { message: words } : words
  }
  return undefined
}

const TOML_LINE = 'domains = ["survival.example.com"]'

/** In the order in which they are asked: the file as a whole first, a text without quotation marks last. */
const RULES: readonly Rule[] = [
  otherFormat,
  unseenCharacter,
  writtenTwice,
  noClosingBracket,
  curlyQuotes,
  noClosingQuote,
  backslash,
  otherComment,
  tableHeader,
  colon,
  noValue,
  noEqualsSign,
  notAKey,
  tooMany,
  wordForTruth,
  bareText,
  inListOrTable,
]

function otherFormat({ text, line }: Failure): string | undefined {
  if (/^(<{7}|={7}|>{7})/.test(line))
    return 'these are marks of a merge that was not finished; keep one of the two sides'
  const start = text.slice(0, LONGEST_LOOK).trimStart()
  if (/^(\{|\[\s*[{"])/.test(start)) return `this is JSON; write a key, = and its value on a line each: ${TOML_LINE}`
  if (/^(---|%YAML)/.test(start) || /^\s*-\s/.test(line))
    return `this is YAML; write a key, = and its value on a line each: ${TOML_LINE}`
  if (/^<[?!\w]/.test(start)) return `this is XML or HTML; write a key, = and its value on a line each: ${TOML_LINE}`
  return undefined
}

/** Copied from a web page or a chat: a blank that is none, a character without a width, a byte that is no text. */
function unseenCharacter({ rest, text, offset }: Failure): string | undefined {
  if (text[offset] === '\r' && text[offset + 1] !== '\n')
    return 'lines end with CR alone; save the file with LF or CR LF'
  const found = /^\s*?([^\S \t\r\n]|[\p{Cf}\p{Cc}])/u.exec(rest)?.[1]?.codePointAt(0)
  if (found === undefined || found === 9 || found === 10 || found === 13) return undefined
  const code = found.toString(16).toUpperCase().padStart(4, '0')
  return `there is a character that cannot be seen (U+${code}); delete it, and write a plain blank where one is meant`
}

function writtenTwice({ text, offset, reason, rest }: Failure): string | undefined {
  const [, key] = /^\s*([^=\]\n]{1,60}?)\s*[=\]]/.exec(rest) ?? []
  if (!reason.startsWith('trying to redefine') || key === undefined) return undefined
  const isThere = !key.includes('.') || text.slice(0, offset).includes(key)
  return isThere ? `${key} is written twice` : `${key} cannot stand here: a part of its name has a value already`
}

/** The parser goes on to the next line and is surprised by what it finds there; the mistake is where the bracket opens. */
function noClosingBracket({ text, lineStart, offset, line, rest, reason }: Failure): Words | undefined {
  const startsAnew = /^\s*(\[{1,2}[\w. -]+\]|([\w.-]+|"[^"]*")\s*=)/.test(line)
  const isAtEnd =
    /^(unfinished (array|inline)|expected comma|invalid value)/.test(reason) && text.slice(offset + 1).trim() === ''
  const opened = startsAnew ? bracketLeftOpen(text, lineStart) : undefined
  const open = opened ?? (isAtEnd && rest.length <= 1 ? bracketLeftOpen(text, text.length) : undefined)
  if (open === undefined) return undefined
  const what = open.bracket === '[' ? 'list' : 'table'
  return {
    place: open.place,
    message: `the ${what} that begins here has no ${open.bracket === '[' ? ']' : '}'} at its end`,
  }
}

const CURLY = '\uff02\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033'
const CURLY_SINGLE = '\u2018\u2019\u201a\u201b\u2032`\u00b4'
const ANY_CURLY = new RegExp(`^[${CURLY}${CURLY_SINGLE}]`)

function curlyQuotes({ rest }: Failure): string | undefined {
  return ANY_CURLY.test(rest)
    ? `${rest[0]} is not the quotation mark of TOML; write " before and after the text`
    : undefined
}

function noClosingQuote({ text, before, offset, line, rest, reason }: Failure): string | undefined {
  const isEndOfLine = reason.startsWith('control characters are not allowed in strings') && rest.trim() === ''
  if (!isEndOfLine && !reason.startsWith('unfinished string')) return undefined
  if (/^("""|''')/.test(text.slice(offset, offset + 3))) return `the text has no ${rest.slice(0, 3)} at its end`
  const curly = new RegExp(`([${CURLY}${CURLY_SINGLE}])[\\s\\],}]*$`).exec(isEndOfLine ? before : line)?.[1]
  if (curly !== undefined) return `${curly} does not end the text; write " there`
  return 'the text has no quotation mark at its end'
}

function backslash({ reason }: Failure): string | undefined {
  return /escape/.test(reason)
    ? String.raw`a backslash in "…" stands for something else; write \\ for one, or the text in '…'`
    : undefined
}

function otherComment({ rest, line }: Failure): string | undefined {
  const mark = (/^\s*(\/\/|\/\*|;|--|<!--)/.exec(rest) ?? /^\s*(--|%)\s/.exec(line))?.[1]
  return mark === undefined ? undefined : `${mark} begins no comment; write # instead`
}

function tableHeader({ line, reason }: Failure): string | undefined {
  const [, unopened] = /^\s*([\w.-]{1,60})\]\s*(?:#.*)?$/.exec(line) ?? []
  if (unopened !== undefined) return `the name of the table has no [ before it; write [${unopened}]`
  const [, open = '', name, close = '', behind = ''] =
    /^\s*(\[{1,3})\s*([^[\]=\n#"]{1,60}?)\s*(\]{1,3}|$|(?=#))\s*([^\s#].*)?$/.exec(line) ?? []
  if (name === undefined || open === '') return undefined
  const header = open.length > 1 || close.length > 1 ? `[[${name}]]` : `[${name}]`
  if (open.length !== close.length || open.length > 2) {
    if (close === '') return `the name of the table has no ${open.length > 1 ? ']]' : ']'} behind it; write ${header}`
    return `the name of the table has not as many ] behind as [ before it; write ${header}`
  }
  if (behind !== '') return `write ${header} on a line of its own, and its keys below it`
  return reason.includes('key')
    ? 'the name of a table holds letters, digits, _ and -; anything else in quotation marks'
    : undefined
}

/** `bind: "0.0.0.0"` of YAML, `bind := 1`, `{ x: 1 }`. */
function colon({ before, rest }: Failure): string | undefined {
  if (!/^\s*:/.test(rest)) return undefined
  const key = /([\w.-]{1,60}|"[^"]{1,60}")\s*$/.exec(before)?.[1]
  if (key === undefined || /=\s*[\w.:-]*$/.test(before)) return undefined
  const value = rest.replace(/^\s*:=?\s*/, '').replace(/[\s,}]*$/, '')
  return `between a key and its value stands = and not a colon, as in YAML or JSON; write ${key} = ${asValue(key, value)}`
}

/** A value of another format as TOML has it, where that is plain to see and may be repeated. */
function asValue(key: string, written: string): string {
  if (SECRET.test(key)) return '…'
  if (/^("[^"\\]{1,60}"|\d{1,15}|true|false)$/.test(written)) return written
  return PLAIN.test(written) ? `"${written}"` : '…'
}

/** Keys whose values are not repeated: a log has more readers than a configuration. */
const SECRET = /pass|secret|token|key|auth/i
const PLAIN = /^[\w.*:/ -]{1,60}$/

function noValue({ before, rest }: Failure): string | undefined {
  const key = keyOf(before)
  if (key === undefined || !/=\s*$/.test(before)) return undefined
  if (/^>/.test(rest)) return `between ${key} and its value stands = alone`
  if (/^\$[\w{(]/.test(rest)) return 'variables of the environment are not filled in here; write the value itself'
  if (/^=/.test(rest)) return `between ${key} and its value stands one =`
  return /^\s*(#.*)?$/.test(rest) ? `${key} has no value behind its =; write one, or leave the key out` : undefined
}

function noEqualsSign({ line, reason }: Failure): string | undefined {
  if (!reason.includes('key') || reason.startsWith('each key-value')) return undefined
  const [, key, value] = /^\s*([\w.-]{1,60})(?:\s+([^=\n]*))?$/.exec(line) ?? []
  if (key === undefined) return undefined
  if (value !== undefined && /^[\w-]+\s*:/.test(value)) return undefined
  if (value?.startsWith('{')) return `write [${key}] on a line of its own, and its keys below it, without { and }`
  return value === undefined || value.startsWith('#')
    ? `${key} has no = and no value behind it`
    : `there is no = between ${key} and its value; write ${key} = …`
}

function notAKey({ reason, before, rest }: Failure): string | undefined {
  if (reason.startsWith('unexpected end of key') || (reason.includes('key') && rest.startsWith('=')))
    return 'there is no key before the ='
  if (!/^illegal character in key/.test(reason)) return undefined
  const [, mark] = /^\s*([\]})])/.exec(rest) ?? []
  if (mark !== undefined) {
    return /[[{]/.test(before)
      ? 'values of a list stand in [ and ]; a table in { and } has keys'
      : `there is a ${mark} without one that opens it`
  }
  const [, word] = /^\s*(set|export|let|var|const)\s+$/.exec(before) ?? []
  if (word !== undefined) return `leave ${word} out; a line begins with the key`
  const advice = /[\w-]\s+$/.test(before) && /^[\w-]/.test(rest) ? '; write _ where there is a blank' : ''
  return `a key holds letters from a to z, digits, _ and -${advice}`
}

function tooMany({ before, rest, reason }: Failure): string | undefined {
  const [, mark] = /^\s*([\]},)])/.exec(rest) ?? []
  if (mark === undefined) return undefined
  if (mark === ',') {
    if (/[[{,]\s*$/.test(before)) return 'there is a comma too many'
    if (/[[{][^\]}]*$/.test(before)) return undefined
    const isList = /^\s*,\s*[^\s#]/.test(rest)
    const key = keyOf(before) ?? 'domains'
    if (/=\s*\d{1,3}$/.test(before) && /^,\d{3}/.test(rest)) return 'a number has no comma in it; leave it out'
    return isList
      ? `several values stand in a list; write ${key} = ["…", "…"]`
      : 'no comma stands at the end of a line; remove it'
  }
  return reason.startsWith('each key-value') ? `there is a ${mark} without one that opens it` : undefined
}

const TRUTHS: Readonly<Record<string, string>> = { true: 'true', yes: 'true', y: 'true', on: 'true', enabled: 'true' }
const UNTRUTHS: Readonly<Record<string, string>> = {
  false: 'false',
  no: 'false',
  n: 'false',
  off: 'false',
  disabled: 'false',
}

function wordForTruth(failure: Failure): string | undefined {
  if (failure.reason.startsWith('each key-value') && /["']\s*$/.test(failure.before)) return undefined
  const word = bareValue(failure)?.text
  if (word === undefined || word === 'true' || word === 'false') return undefined
  const plain = word.toLowerCase()
  const meant = { ...TRUTHS, ...UNTRUTHS }
  const value = Object.hasOwn(meant, plain) ? meant[plain] : undefined
  if (value !== undefined)
    return `${word} is no value in TOML; write ${value}, in small letters and without quotation marks`
  if (/^(null|nil|none|undefined|~)$/.test(plain))
    return `${word} is no value in TOML; leave the key out, or write "${plain}" where that is a text it may have`
  return undefined
}

function bareText(failure: Failure): string | undefined {
  const { reason, line, before } = failure
  if (reason.startsWith('integer value') || reason.startsWith('expected comma')) return undefined
  const [, host, address] =
    /^\s*([\w.-]{1,60})\s*=\s*(\[[\da-f:.]*:[\da-f:.]*\](?::\d{1,5})?)\s*(?:#.*)?$/i.exec(line) ?? []
  if (host !== undefined) return `an address stands in quotation marks; write ${host} = "${address}"`
  if (/^\(/.test(failure.rest)) return 'a list stands in [ and ], and not in ( and )'
  const isBehindText = /["']\s*$/.test(before) && reason.startsWith('each key-value')
  if (isBehindText && !/^\s*["']$/.test(failure.rest) && /["']\s*$/.test(failure.rest))
    return String.raw`a text ends at the next quotation mark like its first; write \" for one inside of "…"`
  if (isBehindText && /^\s*["']/.test(failure.rest)) return 'several texts stand in a list: ["…", "…"]'
  const value = bareValue(failure)
  if (value === undefined) return undefined
  const { key, text } = value
  if (isBehindText)
    return 'something stands behind the text; a key and its value have a line to themselves, and a comment begins with #'
  if (/^0\d+$/.test(text)) return `a number has no 0 in front; write ${Number(text)}`
  const isShown = PLAIN.test(text) && !SECRET.test(keyOf(line) ?? '')
  const shown = isShown ? `"${text}"` : text.includes('\\') ? "'…'" : '"…"'
  return `a text, such as an address, a domain or a duration, stands in quotation marks; write ${key === undefined ? '' : `${key} = `}${shown}`
}

function inListOrTable({ reason, rest }: Failure): string | undefined {
  if (reason.startsWith('integer value')) return 'the number is too large'
  if (!reason.startsWith('expected comma')) return undefined
  const [, other] = /^\s*([\]})])/.exec(rest) ?? []
  if (other !== undefined) return `a list ends with ] and a table with }, and not with ${other} here`
  return /^\s*["'\w[{]/.test(rest) ? 'a comma is missing between two values' : undefined
}

/** The value without quotation marks that the place is in, and its key where the value is all that the key has. */
function bareValue({ before, line, rest }: Failure): { readonly key?: string; readonly text: string } | undefined {
  const [, left = ''] = /([^\s,[\]{}="']*)$/.exec(before) ?? []
  const [right = ''] = /^[^\s,[\]{}="']*/.exec(rest) ?? []
  const [, key, whole] = /^\s*([\w.-]{1,60})\s*=\s*([^\s"'[{#][^"'[\]{}#]*?)\s*(?:#.*)?$/.exec(line) ?? []
  if (key !== undefined && whole !== undefined)
    return /^[\p{L}\p{N}.:*/~<(@&%!?^|$-]/u.test(whole) ? { key, text: whole } : undefined
  const text = left + right
  return /^[\p{L}\p{N}.:*/~<(@&%!?^|$-]/u.test(text) ? { text } : undefined
}

function keyOf(line: string): string | undefined {
  return /^\s*([\w.-]{1,60}|"[^"]{1,60}")\s*=/.exec(line)?.[1]
}

function startOfLine(text: string, line: number): number {
  let start = 0
  for (let passed = 1; passed < line; passed++) {
    const next = text.indexOf('\n', start)
    if (next === -1) return start
    start = next + 1
  }
  return start
}
