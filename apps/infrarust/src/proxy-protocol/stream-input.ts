import { DumpReader } from './dump.ts'
import type { Dump, DumpForm } from './dump-result.ts'
import { parseEscapes } from './escapes.ts'
import { parseHex } from './hex.ts'

/** The first bytes of a stream as somebody has given them, or why they cannot be had. */
export type StreamInput =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly taken: Taken }
  /** `offset` counts the characters of the text, or the bytes of a dump. */
  | {
      readonly kind: 'fault'
      readonly code: 'hex' | 'input'
      readonly offset: number
      readonly message: string
      readonly taken: Taken
    }

/** What a text was taken for. */
export interface Taken {
  readonly form: 'hex' | 'escapes' | 'text' | DumpForm
  /** Of a capture: who sent these bytes to whom. */
  readonly stream?: string | undefined
}

/**
 * Reads what arguments say. Each is one stream, or a dump; a line of version 1 may be several, since it has blanks and a shell
 * takes them apart.
 */
export function* argumentInputs(given: readonly string[]): Iterable<StreamInput> {
  const texts: string[] = []
  let isApart = false
  for (const argument of given) {
    if (argument === 'PROXY') isApart = true
    if (isApart && argument !== 'PROXY') texts.push(`${texts.pop()} ${argument}`)
    else texts.push(argument)
  }
  for (const text of texts) {
    const lines = text.split('\n')
    const reader = new DumpReader()
    const isDump = lines.some((line) => reader.begins(line))
    if (isDump) yield* inputsIn(lines)
    else yield textInput(text)
  }
}

/** Reads the lines of standard input: each is one stream, but for those of a dump, which are one together. */
export async function* lineInputs(lines: AsyncIterable<string>): AsyncIterable<StreamInput> {
  const reader = new DumpReader()
  for await (const line of lines) yield* inputsOf(reader, line)
  yield* reader.end().map(dumpInput)
}

function* inputsIn(lines: readonly string[]): Iterable<StreamInput> {
  const reader = new DumpReader()
  for (const line of lines) yield* inputsOf(reader, line.endsWith('\r') ? line.slice(0, -1) : line)
  yield* reader.end().map(dumpInput)
}

function* inputsOf(reader: DumpReader, line: string): Iterable<StreamInput> {
  const { isTaken, done } = reader.take(line)
  yield* done.map(dumpInput)
  if (!isTaken) yield textInput(line)
}

function dumpInput(dump: Dump): StreamInput {
  const taken = { form: dump.form, stream: dump.kind === 'bytes' ? dump.stream : undefined }
  if (dump.kind === 'bytes') return { kind: 'bytes', bytes: dump.bytes, taken }
  return { kind: 'fault', code: 'input', offset: dump.offset, message: dump.message, taken }
}

/** One text that is no dump. What begins with PROXY is a line of version 1, and has its CRLF whether it is written or not. */
function textInput(text: string): StreamInput {
  if (text.includes('\\')) return escapesInput(text)
  const line = /^\s*(["']?)(PROXY.*)\1\s*$/is.exec(text.slice(0, LONGEST_TEXT))?.[2]
  if (line !== undefined) return { kind: 'bytes', bytes: Buffer.from(`${line.trimEnd()}\r\n`), taken: { form: 'text' } }
  const hex = parseHex(text)
  const taken = { form: 'hex' } as const
  if (hex.kind === 'bytes') return { kind: 'bytes', bytes: hex.bytes, taken }
  return { kind: 'fault', code: 'hex', offset: hex.at, message: notHex(text, hex.at), taken }
}

/** A line of version 1 has 107 bytes at most; far behind that nobody has to look. */
const LONGEST_TEXT = 65_536

function escapesInput(text: string): StreamInput {
  const parsed = parseEscapes(text)
  const taken = { form: 'escapes' } as const
  if (parsed.kind === 'bytes') return { kind: 'bytes', bytes: parsed.bytes, taken }
  return { kind: 'fault', code: 'input', offset: parsed.at, message: parsed.message, taken }
}

/** What a terminal does not show has come as it is. */
function notHex(text: string, at: number): string {
  return /[^\t\r\n -~]/.test(text.slice(at, at + 1)) ? 'not text: bytes as they are go through xxd first' : 'not hex'
}
