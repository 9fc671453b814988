import type { Origin } from '@infrarust/config-file'
import { type Key, type KeyRow, type KeyTable, pathText, withoutPassword } from '@infrarust/core/provider'

/** One key with what is in force for it; printed as it is by `check --show --json`. */
export interface KeyInForce {
  /** `proxy_protocol.trusted`, `listener[0].bind` */
  readonly key: string
  /** As it would be written; null where it is withheld, and where the absent key means something that no value says. */
  readonly value: unknown
  /** Set, but for nobody's eyes. */
  readonly withheld: boolean
  /** What an absent key means, where no value says it. */
  readonly meaning: string | null
  readonly from: Origin['kind'] | 'provider'
  /** `--bind`, `INFRARUST_BIND`, `infrarust.toml:1:1`, `container "lobby"`; null for a default. */
  readonly place: string | null
  /** What was replaced in it: `${PORT}`. */
  readonly references: readonly string[]
}

/** What is written somewhere, and by whom. */
export interface WrittenKeys {
  /** Undefined where nothing is written. */
  valueAt(path: readonly string[]): unknown
  originOf(path: readonly string[]): Pick<KeyInForce, 'from' | 'place' | 'references'>
  isWithheld(path: readonly string[]): boolean
}

/** Every key of a table with its value in force, in the order of the table. */
export function keysInForce(
  table: KeyTable<unknown>,
  written: WrittenKeys,
  outer: readonly string[] = [],
  ground?: readonly string[],
): readonly KeyInForce[] {
  return table.rows.flatMap(([, row]) =>
    rowInForce(row, written, [...outer, row.name], ground && [...ground, row.name]),
  )
}

/** @param ground where the value stands for a key that is not written at `path` */
function rowInForce(
  row: KeyRow,
  written: WrittenKeys,
  path: readonly string[],
  ground: readonly string[] | undefined,
): readonly KeyInForce[] {
  const value = written.valueAt(path)
  switch (row.kind) {
    case 'key':
      if (value !== undefined) return [said(path, path, written)]
      return [
        ground !== undefined && written.valueAt(ground) !== undefined ? said(path, ground, written) : absent(row, path),
      ]
    case 'table':
      if (value === undefined && row.isOptional) return [{ ...DEFAULT, key: pathText(path), meaning: 'not written' }]
      // Its short form stands for all of its keys.
      if (value !== undefined && !isTable(value)) return [said(path, path, written)]
      return keysInForce(row.table, written, path, row.ground)
    case 'tables':
      return Array.isArray(value) && value.length > 0
        ? value.flatMap((_, index) => keysInForce(row.table, written, [...path, String(index)]))
        : [{ ...DEFAULT, key: pathText(path), value: [] }]
  }
}

const DEFAULT = { value: null, withheld: false, meaning: null, from: 'default', place: null, references: [] } as const

function absent(key: Key, path: readonly string[]): KeyInForce {
  const meaning = key.default === undefined ? (key.absent ?? null) : null
  return { ...DEFAULT, key: pathText(path), value: key.default ?? null, meaning: meaning?.replaceAll('`', '') ?? null }
}

/** @param source where the value is written: for a key of a listener perhaps in the table of all listeners */
function said(path: readonly string[], source: readonly string[], written: WrittenKeys): KeyInForce {
  const withheld = written.isWithheld(source)
  const value = withheld ? null : withoutPasswords(written.valueAt(source))
  return { key: pathText(path), value, withheld, meaning: null, ...written.originOf(source) }
}

/** An address with a password is shown without that one. */
function withoutPasswords(value: unknown): unknown {
  if (typeof value === 'string') return withoutPassword(value)
  if (Array.isArray(value)) return value.map(withoutPasswords)
  if (!isTable(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutPasswords(inner)]))
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}
