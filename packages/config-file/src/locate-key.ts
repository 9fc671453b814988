import { type AST, ParseError, parseTOML } from 'toml-eslint-parser'

/** A place in a file; both count from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

/**
 * The parser that tells places takes up to a kilobyte of memory for a byte of text. What people write by hand is a few
 * kilobytes long; in a longer file its name has to do.
 */
const LONGEST_TEXT = 131_072

/**
 * Finds where keys are written. The parser that reads the values knows no places, so this parses once more: at the first
 * question, because mostly there is nothing to report.
 *
 * @param text TOML that the other parser has read and found no deeper than it may be
 * @returns for a path of keys from the outermost inward, list elements by index (`['listener', '1', 'bind']`): the key;
 *   else the first thing written below it (`[a.b]` is all that there is of `a`, `[[a]]` of the list `a`); else the innermost
 *   table around it; undefined where there is none of these, and for the file as a whole (`[]`)
 */
export function keyLocator(text: string): (path: readonly string[]) => Place | undefined {
  let places: readonly Placed[] | undefined
  return (path) => {
    if (path.length === 0 || text.length > LONGEST_TEXT) return undefined
    places ??= placesIn(text)
    return nearest(places, path)
  }
}

/** Where the parser that tells places refuses what the other one has read; undefined where it does not. */
export function refusedAt(text: string): Place | undefined {
  if (text.length > LONGEST_TEXT) return undefined
  try {
    parseTOML(text)
    return undefined
  } catch (error) {
    return error instanceof ParseError ? { line: error.lineNumber, column: error.column + 1 } : undefined
  }
}

function placesIn(text: string): readonly Placed[] {
  const places: Placed[] = []
  try {
    for (const table of parseTOML(text).body) placesInTable(table, places)
  } catch {
    // Of the texts that come here it is known to accept all; a message without a place would still be a message.
  }
  return places
}

interface Placed extends Place {
  readonly path: readonly string[]
}

function nearest(places: readonly Placed[], path: readonly string[]): Place | undefined {
  let around: Placed | undefined
  for (const placed of places) {
    const leadsThere = placed.path.every((part, index) => part === path[index])
    if (leadsThere && (around === undefined || placed.path.length > around.path.length)) around = placed
  }
  const below = places.find((placed) => path.every((part, index) => part === placed.path[index]))
  const best = around?.path.length === path.length ? around : (below ?? around)
  return best === undefined ? undefined : { line: best.line, column: best.column }
}

function placesInTable(table: AST.TOMLTopLevelTable, places: Placed[]): void {
  for (const entry of table.body) {
    if (entry.type === 'TOMLKeyValue') {
      placesOfPair(entry, [], places)
      continue
    }
    // `resolvedKey` has the index of each [[table]], the written key has not.
    const path = entry.resolvedKey.map(String)
    const { line, column } = entry.key.loc.start
    places.push({ path, line, column: column + 1 })
    for (const pair of entry.body) placesOfPair(pair, path, places)
  }
}

function placesOfPair(pair: AST.TOMLKeyValue, outer: readonly string[], places: Placed[]): void {
  let path = outer
  for (const key of pair.key.keys) {
    path = [...path, key.type === 'TOMLBare' ? key.name : key.value]
    places.push({ path, line: key.loc.start.line, column: key.loc.start.column + 1 })
  }
  placesOfContent(pair.value, path, places)
}

function placesOfContent(content: AST.TOMLContentNode, path: readonly string[], places: Placed[]): void {
  if (content.type === 'TOMLInlineTable') for (const pair of content.body) placesOfPair(pair, path, places)
  if (content.type === 'TOMLArray') {
    for (const [index, element] of content.elements.entries())
      placesOfContent(element, [...path, String(index)], places)
  }
}
