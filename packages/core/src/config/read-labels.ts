import { type KeyRow, type KeyTable, operatorsOnly, type ShortForm, typeFor } from './key-table.ts'
import { isRecord } from './read-table.ts'
import { nearest } from './suggestion.ts'
import { otherNameAdvice } from './unknown-key.ts'
import type { ValueType } from './value-type.ts'

/** What `readLabels` has read. */
export interface LabelReading {
  /** The values as a TOML file would hold them. Those with a fault are there too: a rejected server shows its domains. */
  readonly values: Readonly<Record<string, unknown>>
  readonly faults: readonly LabelFault[]
}

/** What is wrong with one label. */
export interface LabelFault {
  /** `timeouts.connect`, without the prefix of all labels. */
  readonly name: string
  readonly text: string
  /** Continues a sentence that begins with the label: `is "25565x"; a port is a number from 1 to 65535`. */
  readonly fault: string
}

/**
 * Reads labels: each is the dotted name of a key and its value as text. Anyone writes them, not the operator alone.
 *
 * @param labels names without the prefix: `['timeouts.connect', '3s']`
 */
export function readLabels(
  table: KeyTable<unknown>,
  labels: Iterable<readonly [name: string, text: string]>,
): LabelReading {
  const values: Record<string, unknown> = {}
  const faults: LabelFault[] = []
  // A table's short form before its keys, which then replace their part of it, however the labels are ordered.
  const outerFirst = [...labels].map(([name, text]) => ({ name, text, path: name.split('.') }))
  outerFirst.sort((a, b) => a.path.length - b.path.length)
  for (const { name, text, path } of outerFirst) {
    const found = findRow(table, path)
    if (found.kind === 'unknown') {
      faults.push({ name, text, fault: found.fault })
      continue
    }
    const written = found.type.fromText(text)
    const reading = found.type.read(written)
    if (reading.kind === 'fault') faults.push({ name, text, fault: reading.fault })
    const isShort = reading.kind === 'value' && found.short !== undefined
    put(values, path, isShort ? found.short.expand(reading.value) : written)
  }
  return { values, faults }
}

type Found =
  | { readonly kind: 'key'; readonly type: ValueType<unknown>; readonly short?: ShortForm }
  | { readonly kind: 'unknown'; readonly fault: string }

function findRow(table: KeyTable<unknown>, path: readonly string[]): Found {
  let rows = table.rows
  let owner = table
  for (const [index, name] of path.entries()) {
    const row = rows.find(([, candidate]) => candidate.name === name)?.[1]
    const before = path
      .slice(0, index)
      .map((part) => `${part}.`)
      .join('')
    if (row === undefined) return unknown(name, before, owner)
    const isLast = index === path.length - 1
    if (row.kind === 'key') {
      if (!isLast) return { kind: 'unknown', fault: `is unknown; "${before}${name}" has no keys below it` }
      const type = typeFor(row, 'anyone')
      return type === undefined ? { kind: 'unknown', fault: operatorsOnly(path) } : { kind: 'key', type }
    }
    if (row.kind === 'table' && row.short !== undefined && isLast)
      return { kind: 'key', type: row.short.type, short: row.short }
    if (row.kind === 'tables' || isLast)
      return { kind: 'unknown', fault: `has no value of its own; ${keysBelow(row, before)}` }
    rows = row.table.rows
    owner = row.table
  }
  return { kind: 'unknown', fault: 'is unknown' }
}

function unknown(name: string, before: string, table: KeyTable<unknown>): Found {
  const { rows, elsewhere, withoutEffect } = table
  const advice = Object.hasOwn(elsewhere, name) ? elsewhere[name] : otherNameAdvice(table, name)
  if (advice !== undefined) return { kind: 'unknown', fault: `is unknown; ${advice}` }
  // An error here and a warning in a file: labels are written for this program alone.
  const why = Object.hasOwn(withoutEffect, name) ? withoutEffect[name] : undefined
  if (why !== undefined) return { kind: 'unknown', fault: `has no effect here: ${why}; remove it` }
  const names = rows.map(([, row]) => row.name)
  const meant = nearest(name, names)
  const hint =
    meant === undefined
      ? `known here are ${names.map((known) => before + known).join(', ')}`
      : `did you mean "${before}${meant}"?`
  return { kind: 'unknown', fault: `is unknown; ${hint}` }
}

function keysBelow(row: Exclude<KeyRow, { kind: 'key' }>, before: string): string {
  if (row.kind === 'table' && row.instead !== undefined) return row.instead
  return row.kind === 'tables'
    ? 'it is a list of tables, which labels cannot write'
    : `its keys are ${row.table.rows.map(([, below]) => `${before}${row.name}.${below.name}`).join(', ')}`
}

/** Names are those of the key table by now, so that none is `__proto__`. */
function put(values: Record<string, unknown>, path: readonly string[], written: unknown): void {
  const [name, ...rest] = path
  if (name === undefined) return
  if (rest.length === 0) {
    values[name] = written
    return
  }
  const inner = values[name]
  const table: Record<string, unknown> = isRecord(inner) ? { ...inner } : {}
  put(table, rest, written)
  values[name] = table
}
