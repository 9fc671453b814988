/** Ends the process as soon as all that was written to standard output is out, whatever else is still going on in it. */
export function exitWhenWritten(code: number): void {
  process.stdout.write('', () => process.exit(code))
}
