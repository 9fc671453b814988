/**
 * Ends the process as soon as all that was written to standard output is out, whatever else is still going on in it. What
 * cannot be written ends it elsewhere: see `main`.
 */
export function exitWhenWritten(code: number): void {
  process.stdout.write('', (error) => {
    if (error === null || error === undefined) process.exit(code)
  })
}
