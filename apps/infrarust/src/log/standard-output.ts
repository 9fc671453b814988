import { createWriteStream, fstatSync } from 'node:fs'
import { Socket, type SocketConstructorOpts } from 'node:net'
import type { DuplexOptions, Writable } from 'node:stream'
import { isatty, WriteStream } from 'node:tty'
import { QUEUE_BYTES, type Sink } from './output.ts'

/**
 * Standard output as something that never blocks. A pipe or a socket (journald) takes a line within the call as long as
 * it has room, so that what was logged before a crash can be read after it; without room the line waits in memory.
 */
export function standardOutput(): Sink {
  const stream = openStandardOutput()
  // A reader that has gone (`| head`) takes no line any more; the proxy goes on.
  stream.on('error', () => {})
  return {
    get writableNeedDrain() {
      return stream.writableNeedDrain
    },
    onDrain: (listener) => void stream.on('drain', listener),
    write: (line) => (stream.destroyed ? false : stream.write(line)),
    flushed: () => new Promise((resolve) => (stream.destroyed ? resolve() : stream.write('', () => resolve()))),
  }
}

/** Of its own, since an error on `process.stdout` is the end of a command. */
function openStandardOutput(): Writable {
  // A terminal is written to at once: people see lines in order with what else is on the screen. One that is stopped
  // (Ctrl-S) stops the proxy too, and one that has been closed takes no line any more.
  if (isatty(1)) return new WriteStream(1)
  const kind = fstatSync(1)
  if (!kind.isFIFO() && !kind.isSocket())
    return createWriteStream('', { fd: 1, autoClose: false, highWaterMark: QUEUE_BYTES })
  const options: SocketConstructorOpts & DuplexOptions = { fd: 1, readable: false, writableHighWaterMark: QUEUE_BYTES }
  return new Socket(options)
}
