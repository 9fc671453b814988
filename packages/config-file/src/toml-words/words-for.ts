import type { Place } from '../locate-key.ts'
import { inListOrTable, noClosingBracket, tooMany } from './brackets.ts'
import { failureAt, type Rule, type Words } from './failure.ts'
import { otherComment, otherFormat, unseenCharacter } from './formats.ts'
import { colon, noEqualsSign, notAKey, tableHeader, writtenTwice } from './keys.ts'
import { backslash, curlyQuotes, noClosingQuote } from './quotes.ts'
import { bareText, noValue, wordForTruth } from './values.ts'

/**
 * Words for the mistakes that people make in TOML, found by what stands where the parser has given up: its own message names
 * what it expected, and not what was meant. Undefined for a mistake that none of the rules knows.
 *
 * @param reason the parser's message without its introduction
 */
export function wordsFor(text: string, place: Place, reason: string): Words | undefined {
  const failure = failureAt(text, place, reason)
  for (const rule of RULES) {
    const words = rule(failure)
    if (words !== undefined) return typeof words === 'string' ? { message: words } : words
  }
  return undefined
}

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
