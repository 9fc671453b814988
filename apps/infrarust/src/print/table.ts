import { printable } from './printable.ts'

/** A row of a table. `undefined` and '' show as `-`; cells that a row lacks at its end stay empty. */
export type Row = readonly (string | undefined)[]

/** A table for people: columns as wide as their widest cell, cells made safe to print, one line for each row. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map((row) => row.map((cell) => (cell ? printable(cell) : '-')))
  const widths: number[] = []
  for (const row of cells)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length)
  return cells.map((row) => `${lineOf(row, widths)}\n`).join('')
}

function lineOf(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((cell, column) => cell.padEnd(widths[column] ?? 0))
    .join('  ')
    .trimEnd()
}
