import { pathText, show } from '@infrarust/core/provider'

/**
 * What differs between two versions of a file, one line a key, in the words of the file: `max_connections: 1000 → 2000`.
 *
 * @param isWithheld whether what stands at a path, or stood there, may be shown to nobody
 */
export function changesBetween(
  before: unknown,
  after: unknown,
  isWithheld: (path: readonly string[]) => boolean,
): readonly string[] {
  const old = new Map(leaves(before, []))
  const now = new Map(leaves(after, []))
  const paths = new Map([...old, ...now].map(([key, { path }]) => [key, path]))
  return [...paths].flatMap(([key, path]) => changeOf(key, old.get(key)?.value, now.get(key)?.value, isWithheld(path)))
}

function changeOf(key: string, before: unknown, after: unknown, isWithheld: boolean): readonly string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  const [from, to] = [textOf(before), textOf(after)]
  // Alike as far as they are shown: two long texts, or two passwords in an address.
  return isWithheld || from === to ? [`${key}: changed`] : [`${key}: ${from} → ${to}`]
}

function textOf(value: unknown): string {
  if (value === undefined) return 'not set'
  return Array.isArray(value) ? `[${value.map(show).join(', ')}]` : show(value)
}

interface Leaf {
  readonly path: readonly string[]
  readonly value: unknown
}

/** Every key with its value; a list is one value unless there are tables in it. */
function leaves(value: unknown, path: readonly string[]): readonly [key: string, leaf: Leaf][] {
  const isTable = typeof value === 'object' && value !== null && !(value instanceof Date) && !Array.isArray(value)
  const hasTables = Array.isArray(value) && value.some((element) => typeof element === 'object')
  if (!isTable && !hasTables) return [[pathText(path), { path, value }]]
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]))
}
