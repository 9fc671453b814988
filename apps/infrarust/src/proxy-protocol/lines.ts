import type { Readable } from 'node:stream'

/** What the operator gave as arguments, or else every line of standard input, an empty one included. */
export async function* argumentsOrLines(given: readonly string[]): AsyncIterable<string> {
  if (given.length > 0) yield* given
  else yield* standardInputLines()
}

/** Every line of standard input, an empty one included. */
export function standardInputLines(): AsyncIterable<string> {
  return linesOf(process.stdin)
}

/** By hand: `node:readline` ends a line at U+2028 too, which JSON may hold. */
async function* linesOf(input: Readable): AsyncIterable<string> {
  let line = ''
  for await (const chunk of input.setEncoding('utf8')) {
    const [end = '', ...others] = String(chunk).split('\n')
    line += end
    for (const next of others) {
      yield withoutCR(line)
      line = next
    }
  }
  if (line !== '') yield withoutCR(line)
}

function withoutCR(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}
