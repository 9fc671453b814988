import type { ValueType } from './value-type.ts'

/**
 * The key table: which keys there are, what they hold and mean. The readers of TOML and labels, the JSON Schemas, the
 * reference pages, the defaults and "did you mean" all come from it, so that none of them can disagree.
 */
export interface KeyTable<T> {
  /** One row for each field of the configuration type `T`, in the order in which a reader meets them. */
  readonly rows: readonly [field: string, row: KeyRow][]
  /** Keys of the Rust Infrarust, or of another place, that are refused here, with what to write instead. */
  readonly elsewhere: Readonly<Record<string, string>>
  /** Keys of the Rust Infrarust that are accepted, so that its files load, with a warning that says why they do nothing. */
  readonly withoutEffect: Readonly<Record<string, string>>
  /** Carries the type only; there is never a value. */
  readonly fields?: T
}

/** One row of a key table. */
export type KeyRow<T = unknown> = Key<T> | SubTable<T> | TableList<T>

/**
 * Who has written a value: the operator in the files of the configuration, or anyone who may label a container or has a say
 * in what a provider lists.
 */
export type Writer = 'operator' | 'anyone'

/** A key with a value. */
export interface Key<T = unknown> {
  readonly kind: 'key'
  /**
   * Who may write it. `operator`: it reads a file, runs something, or opens a way to where its writer could not go; anyone
   * else is refused with a line.
   */
  readonly from: Writer
  /** As it is written, such as `max_header_size` for the field `maxHeaderBytes`. */
  readonly name: string
  readonly type: ValueType<Exclude<T, undefined>>
  /** What anyone may write of it where that is less: a picture, and not the path of one. */
  readonly typeForAnyone?: ValueType<Exclude<T, undefined>>
  /** As it would be written; undefined where an absent key means something that no value says. */
  readonly default: unknown
  /** What the reference says instead of the default. */
  readonly absent?: string
  readonly description: string
  /** As it would be written. */
  readonly example: unknown
  /** Whether a change takes effect in the running proxy; one that needs a new socket or new threads does not. */
  readonly reload: 'live' | 'restart'
  /** What it holds is for nobody's eyes: no message, log or answer shows it. */
  readonly isSecret?: true
  /** Names of it in other programs, which are refused here. */
  readonly otherNames?: OtherNames
}

/** What other programs call a key. */
export interface OtherNames {
  /** @param plain a name in the spelling of our keys: `send_proxy` for `send-proxy` */
  has(plain: string): boolean
  /** What to write instead, as a clause of its own. */
  readonly advice: string
}

/** A table with a fixed set of keys: `[proxy_protocol]`. */
export interface SubTable<T = unknown> {
  readonly kind: 'table'
  readonly name: string
  readonly description: string
  readonly table: KeyTable<Exclude<T, undefined>>
  /** Absent means undefined and not its defaults: the mere `[docker]` switches something on. */
  readonly isOptional?: true
  /** What to write instead of a plain value, such as `true`, where not `[name]`. */
  readonly instead?: string
  /** What else may be written in its place: a plain text for both of two texts. */
  readonly short?: ShortForm
  /** The path of the table from which keys that are absent here take their value. */
  readonly ground?: readonly string[]
  /** Read and checked, but nothing acts on it yet: the program says so once where the table is written. */
  readonly isEnforced?: false
}

/** Another form in which a table may be written, such as `proxy_protocol = true`. */
export interface ShortForm {
  readonly type: ValueType<unknown>
  /** The table that a value of `type` stands for, as it would be written. */
  expand(value: unknown): Readonly<Record<string, unknown>>
}

/** Any number of tables: `[[listener]]`. */
export interface TableList<T = unknown> {
  readonly kind: 'tables'
  readonly name: string
  readonly description: string
  readonly table: KeyTable<T extends readonly (infer Element)[] ? Element : never>
}

/** Makes a table of rows; the compiler sees to it that each field of `T` has a row of its type. */
export function keyTable<T>(
  rows: { readonly [Field in keyof T]-?: KeyRow<T[Field]> },
  others: Partial<Pick<KeyTable<T>, 'elsewhere' | 'withoutEffect'>> = {},
): KeyTable<T> {
  return { rows: Object.entries<KeyRow>(rows), elsewhere: {}, withoutEffect: {}, ...others }
}

/** A table without a key. */
export const NO_KEYS: KeyTable<unknown> = keyTable<unknown>({})

/** The fields of several tables together. */
export type FieldsOf<Tables extends readonly KeyTable<unknown>[]> = Tables extends readonly [
  KeyTable<infer First>,
  ...infer Rest extends readonly KeyTable<unknown>[],
]
  ? First & FieldsOf<Rest>
  : unknown

/** One table with the rows of several, in their order. */
export function joined<Tables extends readonly KeyTable<unknown>[]>(...tables: Tables): KeyTable<FieldsOf<Tables>> {
  return rowsOf(tables)
}

/** The same without a word about its fields. */
export function rowsOf(tables: readonly KeyTable<unknown>[]): Omit<KeyTable<unknown>, 'fields'> {
  return {
    rows: tables.flatMap(({ rows }) => rows),
    elsewhere: merged(tables.map(({ elsewhere }) => elsewhere)),
    withoutEffect: merged(tables.map(({ withoutEffect }) => withoutEffect)),
  }
}

function merged(records: readonly Readonly<Record<string, string>>[]): Readonly<Record<string, string>> {
  return Object.fromEntries(records.flatMap((record) => Object.entries(record)))
}

/** The keys of `other` that `table` does not have, each with the same advice. */
export function keysOfOther(
  other: KeyTable<unknown>,
  table: KeyTable<unknown>,
  advice: string,
): Readonly<Record<string, string>> {
  const known = new Set(table.rows.map(([, { name }]) => name))
  return Object.fromEntries(other.rows.flatMap(([, { name }]) => (known.has(name) ? [] : [[name, advice]])))
}

/** `listener[1].bind` for `['listener', '1', 'bind']`. */
export function pathText(path: readonly string[]): string {
  return path
    .map((part, index) => (index > 0 && /^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join('')
    .slice(1)
}

/** A key, or a table, by the path of its name; elements of a list by their index. Undefined where there is no such row. */
export function rowAt(table: KeyTable<unknown>, path: readonly string[]): KeyRow | undefined {
  const [name, ...rest] = path
  const row = table.rows.find(([, candidate]) => candidate.name === name)?.[1]
  if (row === undefined || rest.length === 0) return row
  if (row.kind === 'key') return undefined
  if (row.kind === 'table') return rowAt(row.table, rest)
  return /^\d+$/.test(rest[0] ?? '') ? (rest.length === 1 ? row : rowAt(row.table, rest.slice(1))) : undefined
}

/** Whether what stands at a path, or a part of it, belongs to a secret key. */
export function isSecretAt(table: KeyTable<unknown>, path: readonly string[]): boolean {
  return path.some((_, index) => {
    const row = rowAt(table, path.slice(0, index + 1))
    return row?.kind === 'key' && row.isSecret === true
  })
}

/** How a key reads what this writer has written; undefined where he may not write it. */
export function typeFor({ from, type, typeForAnyone }: Key, writer: Writer): ValueType<unknown> | undefined {
  if (writer === 'operator') return type
  return from === 'anyone' ? (typeForAnyone ?? type) : undefined
}

/** Continues a sentence that begins with the key, or with its label. */
export function operatorsOnly(path: readonly string[]): string {
  return `is for the files of the operator alone; write ${pathText(path)} in servers/*.toml or infrarust.toml, or leave it out`
}
