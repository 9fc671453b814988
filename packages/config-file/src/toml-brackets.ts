import type { Place } from './locate-key.ts'

export interface OpenBracket {
  readonly bracket: '[' | '{'
  readonly place: Place
}

/**
 * The innermost bracket of a list or a table that is still open at an offset. Brackets in texts and comments are none.
 *
 * @param text TOML that has no mistake before the offset but a bracket
 */
export function bracketLeftOpen(text: string, end: number): OpenBracket | undefined {
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
