import { printable } from './printable.ts'

/** A table for people: columns as wide as their widest cell, cells made safe to print; `-` where there is nothing. */
export function table(heading: readonly string[], rows: readonly (readonly (string | undefined)[])[]): string {
  const cells = [heading, ...rows.map((row) => row.map((cell) => (cell === undefined ? '-' : printable(cell) || '-')))]
  const widths = heading.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  return cells
    .map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
    .map((line) => `${line}\n`)
    .join('')
}
