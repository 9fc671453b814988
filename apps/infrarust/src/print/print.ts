import { printable, printableJson, printableLines } from './printable.ts'

/** Writes what a command was asked for to standard output: whole lines, each made safe to print. */
export function print(lines: string): void {
  process.stdout.write(printableLines(lines))
}

/** The same for tools: one value, as JSON. */
export function printJson(value: unknown, indent?: number): void {
  process.stdout.write(`${printableJson(JSON.stringify(value, undefined, indent))}\n`)
}

/** Writes what is said beside it to standard error: one line, whatever is in it. */
export function tell(line: string): void {
  process.stderr.write(`${printable(line)}\n`)
}
