import {
  adviceFor,
  isRecord,
  type KeyRow,
  type KeyTable,
  nearest,
  type Problem,
  pathText,
  rowAt,
} from '@infrarust/core/provider'
import { tomlValue, valueOfText } from '../given-text.ts'
import { isPassedOver } from './passed-over.ts'
import { pathOfVariable, VARIABLE_PREFIX, variableName } from './variable-name.ts'

/** The variables of a process: `process.env`, as it was at the start. */
export type Environment = Readonly<Record<string, string | undefined>>

/** What the environment says of the keys of a table. */
export interface GivenByEnvironment {
  /** In the order in which they are to be taken over: a table before its keys, the first element of a list before the next. */
  readonly given: readonly GivenKey[]
  /** What is wrong with a variable whatever the file says. */
  readonly problems: readonly VariableNote[]
  /** Variables that look like ours and are no key. */
  readonly warnings: readonly VariableNote[]
}

/** One key with the value that its variable gives it. */
export interface GivenKey {
  readonly variable: string
  readonly path: readonly string[]
  /** As a TOML file would hold it. */
  readonly value: unknown
}

/** A line about one variable, without its name. */
export interface VariableNote {
  readonly variable: string
  readonly message: string
}

/** Reads each variable that begins with `INFRARUST_`. */
export function readEnvironment(table: KeyTable<unknown>, environment: Environment): GivenByEnvironment {
  const given: GivenKey[] = []
  const problems: VariableNote[] = []
  const warnings: VariableNote[] = []
  for (const [variable, text] of Object.entries(environment)) {
    if (text === undefined || !variable.startsWith(VARIABLE_PREFIX)) continue
    const path = pathOfVariable(variable)
    const row = path === undefined ? undefined : rowAt(table, path)
    if (path === undefined || row === undefined) {
      if (!isPassedOver(variable, text)) warnings.push({ variable, message: unknownText(table, variable) })
      continue
    }
    const reading = valueFor(row, path, text)
    if ('value' in reading) given.push({ variable, path, value: reading.value })
    else problems.push({ variable, message: reading.fault })
  }
  given.sort((a, b) => comparePaths(a.path, b.path))
  return { given, problems, warnings }
}

/** What is wrong with a text for a key is told by whoever reads the whole configuration; here only what no file can hold. */
function valueFor(row: KeyRow, path: readonly string[], text: string): { value: unknown } | { fault: string } {
  // Not as if it were not there: `trusted` that is not there believes everybody.
  if (text.trim() === '') return { fault: 'is empty; give it a value, or take it out of the environment' }
  const isElement = /^\d+$/.test(path.at(-1) ?? '')
  if (row.kind === 'key') return { value: valueOfText(row.type, text) }
  const value = tomlValue(text)
  if (row.kind === 'tables' && !isElement) {
    if (Array.isArray(value) && value.every(isRecord)) return { value }
    return { fault: `is no list of tables; ${keysOf(row, [...path, '0'])}` }
  }
  if (isRecord(value)) return { value }
  if (row.kind === 'table' && row.isOptional && text.trim().toLowerCase() === 'true') return { value: {} }
  if (row.kind === 'table' && row.short !== undefined) {
    const short = valueOfText(row.short.type, text)
    return { value: short }
  }
  const turnsOn = row.kind === 'table' && row.isOptional ? 'write true to turn it on; ' : ''
  return { fault: `is a table and has no value of its own; ${turnsOn}${keysOf(row, path)}` }
}

function keysOf(row: Exclude<KeyRow, { kind: 'key' }>, path: readonly string[]): string {
  return `its keys are ${row.table.rows.map(([, { name }]) => variableName([...path, name])).join(', ')}`
}

function unknownText(table: KeyTable<unknown>, variable: string): string {
  const parts = variable.slice(VARIABLE_PREFIX.length).toLowerCase().split('__')
  const unknown = 'is no key, and does nothing'
  const inner = innermost(table, parts)
  const name = parts[inner.depth] ?? ''
  const why = Object.hasOwn(inner.table.withoutEffect, name) ? inner.table.withoutEffect[name] : undefined
  if (why !== undefined) return `has no effect here: ${why}`
  if (parts.length === 1 && ['config', 'config_file', 'config_path'].includes(name))
    return `${unknown}; the file is named by --config`
  const meant = nearest(parts.join('__'), namesLike(table, parts))
  if (meant !== undefined) return `${unknown}; did you mean ${VARIABLE_PREFIX}${meant.toUpperCase()}?`
  const outer = parts.slice(0, inner.depth)
  const advice = name === '' ? undefined : adviceFor(inner.table, name, outer, table, false)
  return advice === undefined || advice.startsWith('did you mean') ? unknown : `${unknown}; ${advice}`
}

/** The table that the known part of a path leads to. */
function innermost(table: KeyTable<unknown>, parts: readonly string[]): { table: KeyTable<unknown>; depth: number } {
  let found = { table, depth: 0 }
  for (let depth = 1; depth < parts.length; depth++) {
    const row = rowAt(table, parts.slice(0, depth))
    if (row === undefined || row.kind === 'key') break
    found = { table: row.table, depth }
  }
  return found
}

/** Every key as a variable names it, in lower case; elements of lists with the index that was written. */
function namesLike(table: KeyTable<unknown>, parts: readonly string[]): readonly string[] {
  const index = parts.find((part) => /^\d+$/.test(part)) ?? '0'
  const names = (rows: KeyTable<unknown>, before: string): readonly string[] =>
    rows.rows.flatMap(([, row]) => {
      const here = before + row.name
      if (row.kind === 'key') return [here]
      const inner = row.kind === 'tables' ? `${here}__${index}__` : `${here}__`
      return [here, ...names(row.table, inner)]
    })
  return names(table, '')
}

/** Outer ones first, elements by their number. */
function comparePaths(a: readonly string[], b: readonly string[]): number {
  for (const [index, part] of a.entries()) {
    const other = b[index]
    if (other === undefined) return 1
    if (part === other) continue
    const numbers = Number(part) - Number(other)
    return Number.isNaN(numbers) ? (part < other ? -1 : 1) : numbers
  }
  return a.length - b.length
}

/** `[[listener]]` number 3 has no second one before it. */
export function gapProblem(
  { path, variable }: GivenKey,
  list: readonly string[],
  length: number,
): Problem & VariableNote {
  const next = variableName([...list, String(length)])
  return {
    path,
    variable,
    message: `${pathText(list)} has ${length === 0 ? 'no elements' : `${length} of them`} before this one; the next is ${next}__…`,
  }
}
