import type { Place } from '../locate-key.ts'
import { type Failure, keyOf, type Words } from './failure.ts'

/** The parser goes on to the next line and is surprised by what it finds there; the mistake is where the bracket opens. */
export function noClosingBracket({ text, lineStart, offset, line, rest, reason }: Failure): Words | undefined {
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

export function tooMany({ before, rest, reason }: Failure): string | undefined {
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

export function inListOrTable({ reason, rest }: Failure): string | undefined {
  if (reason.startsWith('integer value')) return 'the number is too large'
  if (!reason.startsWith('expected comma')) return undefined
  const [, other] = /^\s*([\]})])/.exec(rest) ?? []
  if (other !== undefined) return `a list ends with ] and a table with }, and not with ${other} here`
  return /^\s*["'\w[{]/.test(rest) ? 'a comma is missing between two values' : undefined
}

interface OpenBracket {
  readonly bracket: '[' | '{'
  readonly place: Place
}

/**
 * The innermost bracket of a list or a table that is still open at an offset. Brackets in texts and comments are none.
 *
 * @param text TOML that has no mistake before the offset but a bracket
 */
function bracketLeftOpen(text: string, end: number): OpenBracket | undefined {
  const open: OpenBracket[] = []
  let line = 1
  let lineStart = 0
  // Each part in one step: a comment, a text of several lines, a text of one line, a bracket, the end of a line.
  const part = /#[^\n]*|"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"?|'[^'\n]*'?|[[\]{}\n]/g
  for (let found = part.exec(text); found !== null && found.index < end; found = part.exec(text)) {
    const [token] = found
    if (token === '[' || token === '{')
      open.push({ bracket: token, place: { line, column: found.index - lineStart + 1 } })
    else if (token === ']' || token === '}') open.pop()
    else if (token.includes('\n')) {
      line += token.split('\n').length - 1
      lineStart = found.index + token.lastIndexOf('\n') + 1
    }
  }
  return open.at(-1)
}
