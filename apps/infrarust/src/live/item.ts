import type { Item } from './ask.ts'

/** A field as a cell of a table; undefined where there is nothing to show. */
export function cell(item: Item, name: string): string | undefined {
  const value = item[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

/** A field that counts; 0 where it is none. */
export function count(item: Item, name: string): number {
  const value = item[name]
  return typeof value === 'number' ? value : 0
}

/** Those of one kind, without the field that says so. */
export function ofKind(items: readonly Item[], kind: string): readonly Item[] {
  return items.filter((item) => item.kind === kind).map(({ kind: _, ...rest }) => rest)
}

/** The `text` of each of one kind. */
export function textsOf(items: readonly Item[], kind: string): readonly string[] {
  return ofKind(items, kind).map((item) => cell(item, 'text') ?? '')
}
