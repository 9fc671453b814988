import { printable } from '../../print/printable.ts'
import type { Reload } from './verb.ts'

/** What came of it, without what is wrong. */
export function reloadText({ changes, need_restart, earlier }: Reload): string {
  const lines = [
    ...changes,
    ...(changes.length === 0 ? ['nothing changed'] : []),
    // Whoever has saved a file and asks a second later wants to see this.
    ...(changes.length === 0 && earlier !== null
      ? [`the last changes were taken over at ${earlier.at}:`, ...earlier.changes.map((line) => `  ${line}`)]
      : []),
    ...need_restart.map((key) => `${key} changes with the next start`),
  ]
  return lines.map((line) => `${printable(shortened(line))}\n`).join('')
}

/** A list of ten thousand networks that has changed fills no screen; with --json all of it is there. */
function shortened(line: string): string {
  return line.length > LINE_MAX ? `${line.slice(0, LINE_MAX)}…` : line
}

const LINE_MAX = 500
