import type { Failure } from './failure.ts'

export function curlyQuotes({ rest }: Failure): string | undefined {
  return ANY_CURLY.test(rest)
    ? `${rest[0]} is not the quotation mark of TOML; write " before and after the text`
    : undefined
}

export function noClosingQuote({ text, before, offset, line, rest, reason }: Failure): string | undefined {
  const isEndOfLine = reason.startsWith('control characters are not allowed in strings') && rest.trim() === ''
  if (!isEndOfLine && !reason.startsWith('unfinished string')) return undefined
  if (/^("""|''')/.test(text.slice(offset, offset + 3))) return `the text has no ${rest.slice(0, 3)} at its end`
  const curly = new RegExp(`([${CURLY}${CURLY_SINGLE}])[\\s\\],}]*$`).exec(isEndOfLine ? before : line)?.[1]
  if (curly !== undefined) return `${curly} does not end the text; write " there`
  return 'the text has no quotation mark at its end'
}

const CURLY = '\uff02\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033'
const CURLY_SINGLE = '\u2018\u2019\u201a\u201b\u2032`\u00b4'
const ANY_CURLY = new RegExp(`^[${CURLY}${CURLY_SINGLE}]`)

export function backslash({ reason }: Failure): string | undefined {
  return /escape/.test(reason)
    ? String.raw`a backslash in "…" stands for something else; write \\ for one, or the text in '…'`
    : undefined
}
