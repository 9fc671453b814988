import { show } from '@infrarust/core'

/** What differs between two versions of a file, one line a key, in the words of the file: `max_connections: 1000 → 2000`. */
export function changesBetween(before: unknown, after: unknown): readonly string[] {
  const old = new Map(leaves(before, ''))
  const now = new Map(leaves(after, ''))
  const keys = new Set([...old.keys(), ...now.keys()])
  return [...keys].filter((key) => old.get(key) !== now.get(key)).map((key) => line(key, old.get(key), now.get(key)))
}

/** What a provider is told is its own business, and may be a password. */
const PRIVATE = /^provider\[\d+\]\.options\./

function line(key: string, before: string | undefined, after: string | undefined): string {
  if (PRIVATE.test(key)) return `${key}: changed`
  return `${key}: ${before ?? 'not set'} → ${after ?? 'not set'}`
}

function leaves(value: unknown, path: string): readonly [path: string, text: string][] {
  if (Array.isArray(value)) {
    const hasTables = value.some((element) => typeof element === 'object')
    if (!hasTables) return [[path, `[${value.map(show).join(', ')}]`]]
    return value.flatMap((element, index) => leaves(element, `${path}[${index}]`))
  }
  if (typeof value !== 'object' || value === null || value instanceof Date) return [[path, show(value)]]
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`))
}
