import { isRecord } from './read-table.ts'
import type { KeyTable } from './table.ts'

/** Names of the tables that were written, and are read and checked, although nothing acts on them yet. */
export function notYetEnforced(table: KeyTable<unknown>, written: unknown, outer = ''): readonly string[] {
  if (!isRecord(written)) return []
  return table.rows.flatMap(([, row]) => {
    if (row.kind !== 'table' || !Object.hasOwn(written, row.name)) return []
    const name = outer + row.name
    return row.isEnforced === false ? [name] : notYetEnforced(row.table, written[row.name], `${name}.`)
  })
}
