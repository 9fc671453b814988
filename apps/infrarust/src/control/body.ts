import { VerbError } from '../verbs/verb-error.ts'

/** What a request may have that is one JSON value. */
const BODY_MAX_BYTES = 1024 * 1024
/** What one may have that is a value a line, and each of these lines. */
const LINES_MAX_BYTES = 64 * 1024 * 1024
const LINE_MAX_BYTES = BODY_MAX_BYTES

/** @throws {VerbError} `too_large` as soon as it is, `bad_request` for what is no JSON; undefined where there is nothing */
export async function jsonBody(body: AsyncIterable<Uint8Array>): Promise<unknown> {
  const pieces: Uint8Array[] = []
  for await (const piece of bounded(body, BODY_MAX_BYTES)) pieces.push(piece)
  const bytes = Buffer.concat(pieces)
  return bytes.length === 0 ? undefined : parse(bytes, 'the body')
}

/**
 * The values of a body that has one a line; empty lines are none.
 *
 * @throws {VerbError} as `jsonBody` does
 */
export async function* jsonLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<unknown, void> {
  let rest = Buffer.alloc(0)
  let lines = 0
  for await (const piece of bounded(body, LINES_MAX_BYTES)) {
    const bytes = Buffer.concat([rest, piece])
    let from = 0
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      yield* valueIn(bytes.subarray(from, end), ++lines)
      from = end + 1
    }
    rest = bytes.subarray(from)
    checkLine(rest, lines + 1)
  }
  yield* valueIn(rest, lines + 1)
}

const NEWLINE = 10

async function* bounded(body: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array, void> {
  let bytes = 0
  for await (const piece of body) {
    bytes += piece.length
    if (bytes > maxBytes) throw new VerbError('too_large', `the body has more than ${maxBytes} bytes`)
    yield piece
  }
}

function* valueIn(line: Buffer, number: number): Generator<unknown, void> {
  checkLine(line, number)
  if (line.toString('latin1').trim() !== '') yield parse(line, `line ${number}`)
}

function checkLine(line: Buffer, number: number): void {
  if (line.length > LINE_MAX_BYTES)
    throw new VerbError('too_large', `line ${number} has more than ${LINE_MAX_BYTES} bytes`)
}

function parse(bytes: Buffer, what: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new VerbError('bad_request', `${what} is no JSON`)
  }
}
