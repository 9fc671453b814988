import type { Socket } from 'node:net'
import { ControlError } from './control-error.ts'

/**
 * Reads one JSON value after the other. The socket is only read as fast as this is asked, and outlives it.
 *
 * @throws {ControlError} `protocol` for a line that is too long or no JSON
 */
export async function* readJsonLines(socket: Socket, lineMaxBytes: number): AsyncGenerator<unknown, void> {
  let rest = Buffer.alloc(0)
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    const bytes = Buffer.concat([rest, chunk])
    let from = 0
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      yield parse(bytes.subarray(from, end), lineMaxBytes)
      from = end + 1
    }
    rest = bytes.subarray(from)
    if (rest.length > lineMaxBytes) throw tooLong(lineMaxBytes)
  }
}

/** Writes one value as a line, and resolves when there is room for the next: a slow reader makes nobody hoard. */
export async function writeJsonLine(socket: Socket, value: unknown, lineMaxBytes: number): Promise<void> {
  const line = Buffer.from(`${JSON.stringify(value)}\n`)
  if (line.length > lineMaxBytes) throw tooLong(lineMaxBytes)
  if (!socket.writable) throw new ControlError('lost', 'the other side has gone')
  if (socket.write(line)) return
  await new Promise<void>((resolve) => {
    const settle = (): void => {
      socket.off('drain', settle).off('close', settle)
      resolve()
    }
    socket.on('drain', settle).on('close', settle)
  })
}

const NEWLINE = 10

function parse(line: Buffer, lineMaxBytes: number): unknown {
  if (line.length > lineMaxBytes) throw tooLong(lineMaxBytes)
  try {
    return JSON.parse(line.toString('utf8'))
  } catch {
    throw new ControlError('protocol', 'a line is no JSON')
  }
}

function tooLong(lineMaxBytes: number): ControlError {
  return new ControlError('protocol', `a line has more than ${lineMaxBytes} bytes`)
}
