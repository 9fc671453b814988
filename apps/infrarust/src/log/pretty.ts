import { type PrettyOptions, prettyFactory } from 'pino-pretty'
import { accessSentence } from './access.ts'

/** Makes of a JSON line what people read: one sentence of an access record, the message and its fields of the rest. */
export function prettyLine(hasColors: boolean): (line: string) => string {
  const options: PrettyOptions = { colorize: hasColors, translateTime: 'SYS:HH:MM:ss.l', singleLine: true }
  const withFields = prettyFactory(options)
  const messageOnly = prettyFactory({ ...options, hideObject: true })
  return (line) => {
    // Our own line: its shape is known.
    const logged = JSON.parse(line)
    return logged.event === 'access' ? messageOnly({ ...logged, msg: accessSentence(logged) }) : withFields(logged)
  }
}
