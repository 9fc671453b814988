import { show } from '@infrarust/core/provider'

/** What differs between two versions of a file, one line a key, in the words of the file: `max_connections: 1000 → 2000`. */
export function changesBetween(before: unknown, after: unknown): readonly string[] {
  const old = new Map(leaves(before, ''))
  const now = new Map(leaves(after, ''))
  const keys = new Set([...old.keys(), ...now.keys()])
  return [...keys].flatMap((key) => changeOf(key, old.get(key), now.get(key)))
}

/** What a provider is told is its own business, and may be a password. */
const PRIVATE = /^provider\[\d+\]\.options\./

function changeOf(key: string, before: unknown, after: unknown): readonly string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  const [from, to] = [textOf(before), textOf(after)]
  // Alike as far as they are shown: two long texts, or two passwords in an address.
  return PRIVATE.test(key) || from === to ? [`${key}: changed`] : [`${key}: ${from} → ${to}`]
}

function textOf(value: unknown): string {
  if (value === undefined) return 'not set'
  return Array.isArray(value) ? `[${value.map(show).join(', ')}]` : show(value)
}

/** Every key with its value; a list is one value unless there are tables in it. */
function leaves(value: unknown, path: string): readonly [path: string, value: unknown][] {
  if (Array.isArray(value)) {
    const hasTables = value.some((element) => typeof element === 'object')
    return hasTables ? value.flatMap((element, index) => leaves(element, `${path}[${index}]`)) : [[path, value]]
  }
  if (typeof value !== 'object' || value === null || value instanceof Date) return [[path, value]]
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`))
}
