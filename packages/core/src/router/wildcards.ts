/** Whether a name of a server's `domains` is a wildcard. */
export function isWildcard(pattern: string): boolean {
  return pattern.includes('*') || pattern.includes('?')
}

/**
 * Wildcard patterns in the order of their specificity: longest literal suffix first, then longest literal prefix, then
 * most literal characters, then by text, so that no order of loading shows.
 *
 * A look-up tries each *length* of suffix and prefix that occurs, at most 255 of each, whatever the number of patterns;
 * only patterns that share both are tried one by one. One trial is linear in the name times the pattern, and never
 * explores a tree: a hostile name costs no more than a friendly one.
 */
export class Wildcards<Value> {
  /** Suffix → prefix → patterns, most specific first. */
  readonly #bySuffix = new Map<string, Bucket<Value>>()
  readonly #suffixLengths: readonly number[]

  /** @param patterns each once; a second entry for the same pattern is ignored */
  constructor(patterns: Iterable<readonly [string, Value]>) {
    const sorted = [...patterns].map(([pattern, value]) => describe(pattern, value)).sort(bySpecificity)
    for (const entry of sorted) {
      const bucket = getOrMake(this.#bySuffix, entry.suffix, () => ({ prefixLengths: [], byPrefix: new Map() }))
      if (bucket.prefixLengths.at(-1) !== entry.prefix.length) bucket.prefixLengths.push(entry.prefix.length)
      getOrMake(bucket.byPrefix, entry.prefix, () => []).push(entry)
    }
    this.#suffixLengths = distinct(sorted.map(({ suffix }) => suffix.length))
  }

  /** @param name cleaned up */
  find(name: string): Value | undefined {
    for (const suffixLength of this.#suffixLengths) {
      if (suffixLength >= name.length) continue
      const bucket = this.#bySuffix.get(name.slice(name.length - suffixLength))
      if (bucket === undefined) continue
      for (const prefixLength of bucket.prefixLengths) {
        if (prefixLength + suffixLength >= name.length) continue
        for (const entry of bucket.byPrefix.get(name.slice(0, prefixLength)) ?? [])
          if (matches(entry.pattern, name)) return entry.value
      }
    }
    return undefined
  }
}

interface Bucket<Value> {
  /** Longest first, each once. */
  readonly prefixLengths: number[]
  readonly byPrefix: Map<string, WildcardEntry<Value>[]>
}

interface WildcardEntry<Value> {
  readonly pattern: string
  /** The literal characters before the first wildcard, and behind the last one. */
  readonly prefix: string
  readonly suffix: string
  readonly literals: number
  readonly value: Value
}

function describe<Value>(pattern: string, value: Value): WildcardEntry<Value> {
  const first = pattern.search(/[*?]/)
  const last = Math.max(pattern.lastIndexOf('*'), pattern.lastIndexOf('?'))
  const literals = pattern.replaceAll(/[*?]/g, '').length
  return { pattern, prefix: pattern.slice(0, first), suffix: pattern.slice(last + 1), literals, value }
}

function bySpecificity(a: WildcardEntry<unknown>, b: WildcardEntry<unknown>): number {
  return (
    b.suffix.length - a.suffix.length ||
    b.prefix.length - a.prefix.length ||
    b.literals - a.literals ||
    (a.pattern < b.pattern ? -1 : Number(a.pattern > b.pattern))
  )
}

/**
 * `?` is one character but no dot, `*` one or more characters, dots included: alone between dots, as a pattern has it,
 * that is one or more labels. After a mismatch only the last `*` is made longer; an earlier one need never be.
 */
function matches(pattern: string, name: string): boolean {
  let inPattern = 0
  let inName = 0
  let starAt = -1
  let retryAt = 0
  while (inName < name.length) {
    const wanted = pattern[inPattern]
    const found = name[inName]
    if (wanted === '*') {
      starAt = inPattern++
      retryAt = ++inName
    } else if (wanted === found || (wanted === '?' && found !== '.')) {
      inPattern++
      inName++
    } else if (starAt >= 0) {
      inPattern = starAt + 1
      inName = ++retryAt
    } else return false
  }
  return inPattern === pattern.length
}

function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

/** In the order given, each once. */
function distinct(numbers: readonly number[]): readonly number[] {
  return [...new Set(numbers)]
}
