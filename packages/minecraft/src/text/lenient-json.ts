/**
 * Reads JSON as loosely as clients read a status: comments, single quotes, names and texts without quotes, a comma too many,
 * control characters in texts, a byte order mark in front, anything behind. `JSON.parse` is tried first by whoever calls.
 */
export function parseLenientJson(json: string, maxDepth: number): LenientJson {
  try {
    return { kind: 'json', value: new LenientReader(json, maxDepth).document() }
  } catch (cause) {
    if (cause instanceof Unreadable) return { kind: cause.why }
    throw cause
  }
}

export type LenientJson =
  | { readonly kind: 'json'; readonly value: unknown }
  /** Not even loosely. */
  | { readonly kind: 'none' }
  /** Nested deeper than the caller takes. */
  | { readonly kind: 'too-deep' }

class Unreadable extends Error {
  readonly why: 'none' | 'too-deep'

  constructor(why: 'none' | 'too-deep') {
    super(why)
    this.why = why
  }
}

const BLANK = /[ \t\r\n]*/y
const LINE_COMMENT = /(?:\/\/|#)[^\r\n]*/y
const LITERAL = /[^\s{}[\]:,;=#/\\"']+/y
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/
const HEX = /^[0-9a-fA-F]{4}$/
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

class LenientReader {
  readonly #json: string
  readonly #maxDepth: number
  #at = 0

  constructor(json: string, maxDepth: number) {
    this.#json = json
    this.#maxDepth = maxDepth
  }

  document(): unknown {
    if (this.#json.startsWith('\uFEFF')) this.#at = 1
    return this.#value(0)
  }

  #value(depth: number): unknown {
    if (depth > this.#maxDepth) throw new Unreadable('too-deep')
    switch (this.#next()) {
      case '{':
        this.#at++
        return this.#object(depth)
      case '[':
        this.#at++
        return this.#list(depth)
      case '"':
      case "'":
        return this.#quoted()
      default:
        return literalValue(this.#literal())
    }
  }

  #object(depth: number): object {
    const fields: [string, unknown][] = []
    while (!this.#takes('}')) {
      const next = this.#next()
      const name = next === '"' || next === "'" ? this.#quoted() : this.#literal()
      if (this.#takes('=')) this.#takes('>')
      else if (!this.#takes(':')) throw new Unreadable('none')
      fields.push([name, this.#value(depth + 1)])
      this.#separator('}')
    }
    // Unlike an assignment, this gives a field of the name `__proto__` no meaning.
    return Object.fromEntries(fields)
  }

  #list(depth: number): unknown[] {
    const items: unknown[] = []
    while (!this.#takes(']')) {
      items.push(this.#value(depth + 1))
      this.#separator(']')
    }
    return items
  }

  /** Behind an item there is one more, or the end. */
  #separator(end: string): void {
    if (!this.#takes(',') && !this.#takes(';') && this.#next() !== end) throw new Unreadable('none')
  }

  #quoted(): string {
    const quote = this.#json[this.#at++]
    let text = ''
    let from = this.#at
    for (; this.#at < this.#json.length; this.#at++) {
      const character = this.#json[this.#at]
      if (character !== quote && character !== '\\') continue
      text += this.#json.slice(from, this.#at)
      if (character === quote) {
        this.#at++
        return text
      }
      text += this.#escaped()
      from = this.#at + 1
    }
    throw new Unreadable('none')
  }

  /** From the backslash to the last character of the escape. */
  #escaped(): string {
    const character = this.#json[++this.#at]
    if (character === undefined) throw new Unreadable('none')
    if (character !== 'u') return ESCAPES.get(character) ?? character
    const digits = this.#json.slice(this.#at + 1, this.#at + 5)
    if (!HEX.test(digits)) throw new Unreadable('none')
    this.#at += 4
    return String.fromCharCode(Number.parseInt(digits, 16))
  }

  #literal(): string {
    const literal = this.#match(LITERAL)
    if (literal === '') throw new Unreadable('none')
    return literal
  }

  #takes(character: string): boolean {
    if (this.#next() !== character) return false
    this.#at++
    return true
  }

  /** The next character that is neither blank nor in a comment, not taken yet. */
  #next(): string | undefined {
    for (;;) {
      this.#match(BLANK)
      if (this.#json.startsWith('/*', this.#at)) {
        const end = this.#json.indexOf('*/', this.#at + 2)
        if (end < 0) throw new Unreadable('none')
        this.#at = end + 2
      } else if (this.#match(LINE_COMMENT) === '') return this.#json[this.#at]
    }
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at
    const [found = ''] = pattern.exec(this.#json) ?? []
    this.#at += found.length
    return found
  }
}

/** What is no number and no keyword is a text, `NaN` too. */
function literalValue(literal: string): unknown {
  switch (literal.toLowerCase()) {
    case 'true':
      return true
    case 'false':
      return false
    case 'null':
      return null
    default:
      return NUMBER.test(literal) ? Number(literal) : literal
  }
}
