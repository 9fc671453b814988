import fc from 'fast-check'
import { parse } from 'smol-toml'
import { type AST, parseTOML } from 'toml-eslint-parser'
import { describe, expect, it } from 'vitest'
import { keyLocator } from '../src/locate-key.ts'
import { type ParsedToml, parseToml } from '../src/toml.ts'
import { documents, slips } from './toml-documents.ts'

/**
 * What only the parser of the values refuses. It has the last word, and the operator its message with a place; without a
 * row here the two have to agree.
 */
const ONLY_THE_FIRST_REFUSES: readonly {
  readonly what: string
  readonly text: string
  /** What each such text has in it. */
  readonly mark: RegExp
  readonly place: { readonly line: number; readonly column: number }
  /** What the parser says, and what the operator reads. */
  readonly reason: RegExp
  readonly message: RegExp
}[] = [
  {
    what: 'a whole number that JavaScript cannot hold',
    text: 'a = 1\nb = 9007199254740993',
    mark: /\d{16}|0x[\da-f_]{14}/,
    place: { line: 2, column: 5 },
    reason: /cannot be represented losslessly/,
    message: /the number is too large/,
  },
  {
    what: 'a leap second',
    text: 'a = 23:59:60',
    mark: /:60/,
    place: { line: 1, column: 5 },
    reason: /invalid date/,
    message: /stands in quotation marks/,
  },
  {
    what: 'a CR without its LF',
    text: '\ra = 1',
    mark: /\r/,
    place: { line: 1, column: 1 },
    reason: /./,
    message: /lines end with CR alone/,
  },
  {
    what: 'a dotted key into a table that has a header of its own',
    text: '[a.b.c]\n[a]\nb.d = 1',
    mark: /^[ \t]*\[/m,
    place: { line: 3, column: 1 },
    reason: /trying to redefine/,
    message: /b\.d cannot stand here/,
  },
  {
    what: 'a number with a dot for thousands',
    text: 'a = 1\nb = 10.000',
    mark: /\.000/,
    place: { line: 2, column: 5 },
    reason: /is the number \d+ in TOML/,
    message: /is the number \d+ in TOML/,
  },
]

/** What only the parser of the places refuses: dates that no calendar has, which the other one makes another date of. */
const ONLY_THE_SECOND_REFUSES = [
  { text: 'a = 1\nb = 2023-02-30', place: { line: 2, column: 14 } },
  { text: 'a = { b = [2021-02-29] }', place: { line: 1, column: 21 } },
  { text: 'a = 1979-05-27T07:32:00+0200', place: { line: 1, column: 27 } },
  { text: "a = 2000-10-'1", place: { line: 1, column: 13 } },
]

describe('the two parsers of TOML', () => {
  // Under the second one's refusal each message about the file once lost its line.
  it.each([
    ['documents', documents],
    ['documents with a slip', slips],
  ])('accept the same %s, with the same values, and each key has its place', (_, texts) => {
    fc.assert(fc.property(texts, holdsFor), { numRuns: 1_000 })
  })

  it.each(ONLY_THE_FIRST_REFUSES)('differ on $what, which is refused at its place', ({ text, place, message }) => {
    expect(ours(text)).toEqual({ kind: 'fault', place, message: expect.stringMatching(message) })
    expect(second(text)).toBeDefined()
  })

  it.each(ONLY_THE_SECOND_REFUSES)('differ on the date in %j, which is refused at its place', ({ text, place }) => {
    expect(ours(text)).toEqual({ kind: 'fault', place, message: expect.stringContaining('no date that there is') })
    expect(parse(text)).toBeDefined()
    expect(second(text)).toBeUndefined()
  })

  // A message of several lines saved on Windows had a CR at the end of each.
  it('read a text of several lines alike, whatever its lines end with', () => {
    const text = 'a = """\r\none\r\ntwo"""\r\nb = \'\'\'one\r\ntwo\'\'\''
    expect(ours(text)).toMatchObject({ kind: 'values', values: { a: 'one\ntwo', b: 'one\ntwo' } })
  })

  it('leave what all objects have in common alone', () => {
    const text = '__proto__.x = 1\n[constructor.prototype]\nx = 1\n[[a.__proto__]]\nx = 1'
    expect(ours(text).kind).toBe('values')
    keyLocator(text)(['a'])
    expect(Object.keys(Object.prototype)).toEqual([])
    expect('x' in {}).toBe(false)
  })
})

function holdsFor(text: string): void {
  const parsed = ours(text)
  const program = second(text)
  if (parsed.kind === 'fault') {
    expect(parsed.place).toBeDefined()
    const isKnown = ONLY_THE_FIRST_REFUSES.some(
      ({ mark, reason }) => mark.test(text) && reason.test(refusal(text) ?? parsed.message),
    )
    if (!isKnown) expect(program, parsed.message).toBeUndefined()
    return
  }
  const leaves = leavesOf(parsed.values)
  expect(program).toBeDefined()
  expect(program && leavesOfProgram(program)).toEqual(new Map(leaves.map(({ path, value }) => [keyOf(path), value])))
  const place = keyLocator(parsed.text)
  const lines = parsed.text.split('\n')
  for (const { path, key, value } of leaves) {
    if (key === undefined) continue
    const { line, column } = place(path) ?? { line: 1, column: 1 }
    const [before, behind] = [lines[line - 1]?.slice(0, column - 1) ?? '', lines[line - 1]?.slice(column - 1) ?? '']
    // A table without keys has the place of its header.
    if (value !== 'a table' || !/^[ \t]*\[{1,2}[ \t]*$/.test(before)) expect(keyAt(behind)).toBe(key)
  }
}

function ours(text: string): ParsedToml {
  return parseToml(Buffer.from(text))
}

/** What the parser of the values says, in its own words. */
function refusal(text: string): string | undefined {
  try {
    parse(text)
    return undefined
  } catch (error) {
    return String(error).split('\n')[0]
  }
}

function second(text: string): AST.TOMLProgram | undefined {
  try {
    // As ours drops a byte order mark.
    return parseTOML(text.replace(/^\ufeff/, ''))
  } catch {
    return undefined
  }
}

interface Leaf {
  readonly path: readonly string[]
  /** The innermost key around it that is written out, and no index. */
  readonly key: string | undefined
  readonly value: unknown
}

/** All that has nothing inside: values, and empty tables and lists. */
function leavesOf(value: unknown, path: readonly string[] = [], key?: string): readonly Leaf[] {
  if (value instanceof Date) return [{ path, key, value: 'a date' }]
  if (typeof value !== 'object' || value === null) return [{ path, key, value: withoutMinus(value) }]
  const inside = Object.entries(value)
  if (inside.length === 0) return [{ path, key, value: Array.isArray(value) ? 'a list' : 'a table' }]
  return inside.flatMap(([name, inner]) => leavesOf(inner, [...path, name], Array.isArray(value) ? key : name))
}

/** A whole number has no zero below zero. */
function withoutMinus(value: unknown): unknown {
  return value === 0 ? 0 : value
}

/** The same from the other parser's tree; its own converter writes into the prototype of all objects. */
function leavesOfProgram({ body: [top] }: AST.TOMLProgram): ReadonlyMap<string, unknown> {
  const leaves = new Map<string, unknown>([[keyOf([]), 'a table']])
  const put = (path: readonly string[], value: unknown) => {
    // What has something inside is no empty table.
    for (let length = 0; length < path.length; length++) leaves.delete(keyOf(path.slice(0, length)))
    leaves.set(keyOf(path), value)
  }
  const putPair = ({ key, value }: AST.TOMLKeyValue, outer: readonly string[]) =>
    putContent(value, [...outer, ...key.keys.map((part) => (part.type === 'TOMLBare' ? part.name : part.value))])
  const putContent = (content: AST.TOMLContentNode, path: readonly string[]) => {
    if (content.type === 'TOMLValue') put(path, plainValue(content))
    else if (content.type === 'TOMLInlineTable') {
      put(path, 'a table')
      for (const pair of content.body) putPair(pair, path)
    } else {
      put(path, 'a list')
      for (const [index, element] of content.elements.entries()) putContent(element, [...path, String(index)])
    }
  }
  for (const entry of top.body) {
    if (entry.type === 'TOMLKeyValue') {
      putPair(entry, [])
      continue
    }
    const path = entry.resolvedKey.map(String)
    const isFilled = [...leaves.keys()].some((known) => known.startsWith(`${keyOf(path).slice(0, -1)},`))
    if (!isFilled) put(path, 'a table')
    for (const pair of entry.body) putPair(pair, path)
  }
  return leaves
}

function keyOf(path: readonly string[]): string {
  return JSON.stringify(path)
}

function plainValue(value: AST.TOMLValue): unknown {
  switch (value.kind) {
    case 'string':
    case 'boolean':
      return value.value
    case 'integer':
    case 'float':
      return withoutMinus(value.value)
    default:
      return 'a date'
  }
}

/** The key that a text begins with. */
function keyAt(text: string): string | undefined {
  const [written] = /^(?:[\w-]+|"(?:[^"\\]|\\.)*"|'[^']*')/.exec(text) ?? []
  return written === undefined ? undefined : Object.keys(parse(`${written} = 0`))[0]
}
