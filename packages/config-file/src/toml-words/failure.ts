import type { Place } from '../locate-key.ts'

/** What is wrong at a place, in words that say how to mend it. */
export interface Words {
  /** Where it is to be mended, where that is not where the parser gave up. */
  readonly place?: Place
  readonly message: string
}

/** Words for one kind of mistake; undefined where it is another. */
export type Rule = (failure: Failure) => Words | string | undefined

/** Where the parser has given up. */
export interface Failure {
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

/** As much of a line as is looked at: a line may be a megabyte long. */
export const LONGEST_LOOK = 400

export function failureAt(text: string, place: Place, reason: string): Failure {
  const lineStart = startOfLine(text, place.line)
  const end = text.indexOf('\n', lineStart)
  const offset = lineStart + place.column - 1
  return {
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
}

export function keyOf(line: string): string | undefined {
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
