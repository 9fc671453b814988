import { createInterface } from 'node:readline'

/** What the operator gave as arguments, or else every line of standard input, an empty one included. */
export async function* argumentsOrLines(given: readonly string[]): AsyncIterable<string> {
  if (given.length > 0) yield* given
  else yield* createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })
}
