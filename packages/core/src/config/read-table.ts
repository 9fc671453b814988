import {
  type Key,
  type KeyRow,
  type KeyTable,
  operatorsOnly,
  pathText,
  type SubTable,
  typeFor,
  type Writer,
} from './key-table.ts'
import type { Problem } from './problem.ts'
import { nearest } from './suggestion.ts'
import { adviceFor, knownKeys } from './unknown-key.ts'
import { show } from './value-type.ts'

/** With any problem the value is not to be used: what was wrong in it stands at its default. */
export interface TableReading<T> {
  readonly value: T
  readonly problems: readonly Problem[]
  /** What was written and does nothing. */
  readonly warnings: readonly Problem[]
}

/**
 * Reads a table as the TOML parser (or the label reader) gives it. Keys that are absent take the field of `inherited`,
 * else their default. Every problem is reported, not only the first.
 *
 * @param writer who has written it; what is for the operator alone is a problem where anybody else has, and is not read
 * @param withheld paths of values that no message may show, beside those of secret keys
 */
export function readTable<T>(
  table: KeyTable<T>,
  written: unknown,
  inherited?: Partial<T>,
  writer: Writer = 'operator',
  withheld: readonly (readonly string[])[] = [],
): TableReading<T> {
  const problems: Problem[] = []
  const warnings: Problem[] = []
  const findings: Findings = { root: table, writer, withheld, problems, warnings, unknownKeys: 0, listed: new Set() }
  const value = readRows(table, written, [], inherited, findings)
  const more = findings.unknownKeys - MOST_UNKNOWN
  if (more > 0) findings.problems.push({ path: [], message: `and ${more} more unknown ${more === 1 ? 'key' : 'keys'}` })
  // `keyTable` has made sure that there is a row for each field, with a type that gives the field's type.
  return { value: value as T, problems: findings.problems, warnings: findings.warnings }
}

/** Looking for the key that was meant takes its time, and a file of something else has 100,000 keys. */
const MOST_UNKNOWN = 30
/** Each element is held against each other one. */
const MOST_TABLES = 1_000
/** Nobody mends more at a time. */
const MOST_FINDINGS = 50

/** As many findings as a person reads, and how many more there are. */
export function firstOf(findings: readonly Problem[]): readonly Problem[] {
  const more = findings.length - MOST_FINDINGS
  return more <= 0 ? findings : [...findings.slice(0, MOST_FINDINGS), { path: [], message: `and ${more} more` }]
}

interface Findings {
  readonly root: KeyTable<unknown>
  readonly writer: Writer
  readonly withheld: readonly (readonly string[])[]
  readonly problems: Problem[]
  readonly warnings: Problem[]
  unknownKeys: number
  /** Tables whose keys were listed: once is enough, however many unknown ones follow. */
  readonly listed: Set<KeyTable<unknown>>
}

type Fields = Readonly<Record<string, unknown>>

function readRows(
  table: KeyTable<unknown>,
  written: unknown,
  path: readonly string[],
  inherited: unknown,
  findings: Findings,
  instead?: string,
): Fields {
  const source = isRecord(written) ? written : {}
  if (written !== undefined && !isRecord(written)) {
    findings.problems.push({
      path,
      message: `${pathText(path)} is ${shown(written, path, findings)}; ${instead ?? tableOf(path)}`,
    })
  }
  const fallback = isRecord(inherited) ? inherited : {}
  for (const name of Object.keys(source)) {
    if (!table.rows.some(([, row]) => row.name === name)) noteOther(table, name, path, findings, isRecord(source[name]))
  }
  const fields: [string, unknown][] = []
  for (const [field, row] of table.rows) {
    const value = Object.hasOwn(source, row.name) ? source[row.name] : undefined
    fields.push([field, readRow(row, value, [...path, row.name], fallback[field], findings)])
  }
  return Object.fromEntries(fields)
}

function tableOf(path: readonly string[]): string {
  return path.some((part) => /^\d+$/.test(part)) ? 'write a table' : `write a table: [${pathText(path)}]`
}

function readRow(
  row: KeyRow,
  written: unknown,
  path: readonly string[],
  inherited: unknown,
  findings: Findings,
): unknown {
  switch (row.kind) {
    case 'key':
      return readKey(row, written, path, inherited, findings)
    case 'table':
      if (row.isOptional && written === undefined) return inherited
      if (row.isEnforced === false && written !== undefined)
        findings.warnings.push({ path, message: `[${pathText(path)}] is read and checked, but nothing acts on it yet` })
      return readRows(row.table, longForm(row, written, path, findings), path, inherited, findings, row.instead)
    case 'tables': {
      if (written !== undefined && !Array.isArray(written)) {
        findings.problems.push({
          path,
          message: `${row.name} is ${shown(written, path, findings)}; write tables: [[${row.name}]]`,
        })
        return []
      }
      const elements: readonly unknown[] = written ?? []
      if (elements.length > MOST_TABLES) {
        const message = `${row.name} has ${elements.length} tables; at most ${MOST_TABLES} are read`
        findings.problems.push({ path, message })
      }
      return elements
        .slice(0, MOST_TABLES)
        .map((element, index) => readRows(row.table, element, [...path, String(index)], undefined, findings))
    }
  }
}

/** A text that stands for the whole table has the faults of a text; anything else is refused as a table. */
function longForm({ short }: SubTable, written: unknown, path: readonly string[], findings: Findings): unknown {
  if (short === undefined || written === undefined || isRecord(written)) return written
  const reading = short.type.read(written)
  if (reading.kind === 'value') return short.expand(reading.value)
  if (typeof written !== 'string') return written
  const fault = isWithheld(path, findings.withheld) ? noneOf(short.type.name) : reading.fault
  findings.problems.push({ path, message: `${pathText(path)} ${fault}` })
  return undefined
}

function readKey(key: Key, written: unknown, path: readonly string[], inherited: unknown, findings: Findings): unknown {
  if (written !== undefined) {
    const type = typeFor(key, findings.writer)
    const reading = type?.read(written) ?? { kind: 'fault', fault: operatorsOnly(path) }
    if (reading.kind === 'value') return reading.value
    const isHidden = type !== undefined && (key.isSecret === true || isWithheld(path, findings.withheld))
    findings.problems.push({ path, message: `${pathText(path)} ${isHidden ? noneOf(type.name) : reading.fault}` })
  }
  if (inherited !== undefined) return inherited
  return defaultOf(key)
}

/** Instead of a fault that would show the value. */
function noneOf(typeName: string): string {
  return `is no ${typeName}; what it holds is not shown`
}

function shown(written: unknown, path: readonly string[], { withheld }: Findings): string {
  return isWithheld(path, withheld) ? 'a text that is not shown' : show(written)
}

/** Whether a path leads to a value that is withheld, into one, or to what holds one. */
export function isWithheld(path: readonly string[], withheld: readonly (readonly string[])[]): boolean {
  return withheld.some((hidden) => hidden.every((part, index) => index >= path.length || part === path[index]))
}

/** The default as the program sees it; a row whose own default cannot be read is a mistake in the table. */
function defaultOf(key: Key): unknown {
  if (key.default === undefined) return undefined
  const reading = key.type.read(key.default)
  if (reading.kind === 'fault') throw new TypeError(`the default of ${key.name} ${reading.fault}`)
  return reading.value
}

/** A key that has no row: one of the Rust Infrarust, or a mistake. */
function noteOther(
  table: KeyTable<unknown>,
  name: string,
  outer: readonly string[],
  findings: Findings,
  holdsTable: boolean,
): void {
  const path = [...outer, name]
  const why = Object.hasOwn(table.withoutEffect, name) ? table.withoutEffect[name] : undefined
  if (why === undefined) {
    findings.unknownKeys++
    if (findings.unknownKeys <= MOST_UNKNOWN)
      findings.problems.push(unknownKey(table, name, outer, findings, holdsTable))
  } else findings.warnings.push({ path, message: `${pathText(path)} has no effect here: ${why}` })
}

function unknownKey(
  table: KeyTable<unknown>,
  name: string,
  outer: readonly string[],
  findings: Findings,
  holdsTable: boolean,
): Problem {
  const path = [...outer, name]
  const message = `unknown key ${show(pathText(path))}`
  const advice = adviceFor(table, name, outer, findings.root, holdsTable)
  if (advice !== undefined) return { path, message: `${message}; ${advice}` }
  if (findings.listed.has(table)) return { path, message }
  findings.listed.add(table)
  return { path, message: `${message}; ${knownKeys(table)}` }
}

/** The key that an unknown one was probably meant to be. */
function suggestionFor(table: KeyTable<unknown>, name: string): string | undefined {
  const names = table.rows.map(([, row]) => row.name)
  return names.includes(name) ? undefined : nearest(name, names)
}

/** Whether a key is written, or one that was probably meant to be it. */
export function isAttempted(
  table: KeyTable<unknown>,
  written: Readonly<Record<string, unknown>>,
  key: string,
): boolean {
  if (written[key] !== undefined) return true
  return Object.keys(written)
    .slice(0, MOST_UNKNOWN)
    .some((name) => suggestionFor(table, name) === key)
}

/** Whether a value is a table, as a TOML parser gives it: no list, no date. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}
