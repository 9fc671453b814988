import { createRequire } from 'node:module'
import type PinoPretty from 'pino-pretty'
import { printable } from '../print/printable.ts'
import { accessSentence } from './access.ts'

/** Makes of a JSON line what people read: one sentence of an access record, the message and its fields of the rest. */
export function prettyLine(hasColors: boolean): (line: string) => string {
  // Most logs are JSON, whose reader should not wait for this to load.
  const { prettyFactory }: typeof PinoPretty = createRequire(import.meta.url)('pino-pretty')
  const options: PinoPretty.PrettyOptions = { colorize: hasColors, translateTime: 'SYS:HH:MM:ss.l', singleLine: true }
  const withFields = prettyFactory(options)
  // With `singleLine` it would leave out the end of a line that has no fields.
  const messageOnly = prettyFactory({ ...options, singleLine: false, hideObject: true })
  return (line) => {
    // Our own line: its shape is known. What others have written is in its texts, and is about to go to a terminal.
    const logged = JSON.parse(line, (_, value) => (typeof value === 'string' ? printable(value) : value))
    return logged.event === 'access' ? messageOnly({ ...logged, msg: accessSentence(logged) }) : withFields(logged)
  }
}
