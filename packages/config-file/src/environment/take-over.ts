import { isRecord, type KeyTable, rowAt } from '@infrarust/core/provider'
import type { Written } from '../written.ts'
import { type GivenKey, gapProblem, type VariableNote } from './read-environment.ts'

/** Values with what the environment says on top of them. */
export interface TakenOver {
  readonly values: Written
  readonly problems: readonly VariableNote[]
}

/**
 * Lays what the environment says over what a file says, key by key; a list of tables by its elements, or as a whole.
 *
 * @param saidTwice keys that say one thing in two ways: what the environment says in one way, the file no longer says in the other
 */
export function takeOver(
  table: KeyTable<unknown>,
  values: Written,
  given: readonly GivenKey[],
  saidTwice: readonly (readonly [readonly string[], readonly string[]])[],
): TakenOver {
  const problems: VariableNote[] = []
  let taken = given.reduce((left, { path, value }) => withoutRivals(left, path, value, saidTwice), values)
  for (const key of given) taken = put(table, taken, key.path, key, [], problems)
  return { values: taken, problems }
}

/** With `INFRARUST_BIND`, the `[[listener]]` tables of the file are not asked any more. */
function withoutRivals(
  values: Written,
  path: readonly string[],
  value: unknown,
  saidTwice: readonly (readonly [readonly string[], readonly string[]])[],
): Written {
  const pairs = saidTwice.flatMap(([one, other]) => [[one, other] as const, [other, one] as const])
  return pairs.reduce((left, [said, rival]) => (says(path, value, said) ? without(left, rival) : left), values)
}

/** Whether a value at `path` says something at `said`: there, below it, or as a part of a whole table. */
function says(path: readonly string[], value: unknown, said: readonly string[]): boolean {
  const rest = said.slice(path.length)
  if (!path.every((part, index) => index >= said.length || part === said[index])) return false
  return (
    rest.length === 0 ||
    rest.reduce<unknown>((inner, part) => (isRecord(inner) ? inner[part] : undefined), value) !== undefined
  )
}

function without(values: Written, [name = '', ...rest]: readonly string[]): Written {
  const inner = values[name]
  if (rest.length > 0) return isRecord(inner) ? { ...values, [name]: without(inner, rest) } : values
  const { [name]: _, ...others } = values
  return others
}

function put(
  table: KeyTable<unknown>,
  values: Written,
  path: readonly string[],
  key: GivenKey,
  before: readonly string[],
  problems: VariableNote[],
): Written {
  const [name = '', ...rest] = path
  const row = rowAt(table, [name])
  if (row === undefined) return values
  const here = [...before, name]
  const old = values[name]
  switch (row.kind) {
    case 'key':
      return { ...values, [name]: key.value }
    case 'table': {
      const short = row.short !== undefined && old !== undefined ? row.short.type.read(old) : undefined
      const long = short?.kind === 'value' ? row.short?.expand(short.value) : (old ?? {})
      // What is no table stays, so that its own problem is told.
      if (!isRecord(long)) return values
      return { ...values, [name]: inTable(row.table, long, rest, key, here, problems) }
    }
    case 'tables': {
      if (rest.length === 0) return { ...values, [name]: key.value }
      const elements: readonly unknown[] = Array.isArray(old) ? old : []
      const index = Number(rest[0])
      if (index > elements.length) {
        problems.push(gapProblem(key, here, elements.length))
        return values
      }
      const element = elements[index] ?? {}
      if (!isRecord(element)) return values
      const changed = inTable(row.table, element, rest.slice(1), key, [...here, String(index)], problems)
      return { ...values, [name]: elements.toSpliced(index, 1, changed) }
    }
  }
}

/** A whole table is laid over the old one key by key, too; its short form takes its place. */
function inTable(
  table: KeyTable<unknown>,
  old: Written,
  rest: readonly string[],
  key: GivenKey,
  here: readonly string[],
  problems: VariableNote[],
): unknown {
  if (rest.length > 0) return put(table, old, rest, key, here, problems)
  if (!isRecord(key.value)) return key.value
  let taken = old
  for (const [name, value] of Object.entries(key.value)) {
    // An unknown key is told by whoever reads the whole.
    const isKnown = rowAt(table, [name]) !== undefined
    taken = isKnown ? put(table, taken, [name], { ...key, value }, here, problems) : { ...taken, [name]: value }
  }
  return taken
}
