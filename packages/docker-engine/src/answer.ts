import type { IncomingMessage } from 'node:http'
import { EngineError } from './errors.ts'

const MIB = 1_048_576

/** All containers with all their labels: room for ten thousand that have 6 KiB each. */
export const LONGEST_LIST_BYTES: number = 64 * MIB
/** One container is a few KiB, and a few more for its labels and health checks. */
export const LONGEST_CONTAINER_BYTES: number = 8 * MIB
/** The last lines of a container; a line of a log is one KiB at most where people read it. */
export const LONGEST_OUTPUT_BYTES: number = MIB
/** What an engine says instead of an answer. */
export const LONGEST_REFUSAL_BYTES: number = 64 * 1024
/** An event carries the labels of its container. */
const LONGEST_LINE_CHARACTERS = MIB

/**
 * The text of an answer. Whatever answers at the endpoint, it cannot fill the memory of the proxy.
 *
 * @throws EngineError `refused` for a longer one, which is cut off
 */
export async function textOf(answer: IncomingMessage, path: string, longestBytes: number): Promise<string> {
  return (await bytesOf(answer, path, longestBytes)).toString('utf8')
}

/** The same as bytes. */
export async function bytesOf(answer: IncomingMessage, path: string, longestBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of answer) {
    if (!Buffer.isBuffer(chunk)) continue
    bytes += chunk.length
    // Leaving the loop closes the connection.
    if (bytes > longestBytes)
      throw new EngineError('refused', `its answer to GET ${path} is longer than ${longestBytes / MIB} MiB`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/**
 * Cuts a stream of text into lines. By hand, because an interface of `node:readline` throws the stream's errors again and
 * takes a line of any length.
 *
 * @param take     each line without its end
 * @param overlong once for a line that is longer than any event; all of it is skipped, and the next one is read again
 */
export function lineReader(take: (line: string) => void, overlong: () => void): (text: string) => void {
  let rest = ''
  let isSkipping = false
  return (text) => {
    const [first = '', ...others] = text.split('\n')
    const begin = (piece: string): void => {
      if (isSkipping) return
      rest += piece
      if (rest.length <= LONGEST_LINE_CHARACTERS) return
      rest = ''
      isSkipping = true
      overlong()
    }
    begin(first)
    for (const piece of others) {
      const line = rest
      const isWhole = !isSkipping
      rest = ''
      isSkipping = false
      if (isWhole) take(line)
      begin(piece)
    }
  }
}
