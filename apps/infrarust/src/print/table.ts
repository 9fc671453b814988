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

/**
 * The same for a narrow terminal: leaves out columns until it fits.
 *
 * @param droppable heads of columns, the one to be left out first in front; what is still too wide then is left as it is
 */
export function tableWithin(width: number, rows: readonly Row[], droppable: readonly string[]): string {
  const [next, ...rest] = droppable
  const text = table(rows)
  if (next === undefined || text.split('\n').every((line) => line.length <= width)) return text
  const at = rows[0]?.indexOf(next) ?? -1
  return tableWithin(width, at === -1 ? rows : rows.map((row) => row.toSpliced(at, 1)), rest)
}

function lineOf(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((cell, column) => cell.padEnd(widths[column] ?? 0))
    .join('  ')
    .trimEnd()
}
