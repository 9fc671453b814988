import type { LogConfig } from '@infrarust/core'
import { destination, type Logger, pino } from 'pino'
import pretty from 'pino-pretty'

export type LogFormat = 'pretty' | 'json'

/** `auto` is for people where people read: a terminal. */
export function resolveFormat(format: LogConfig['format'], isTerminal: boolean): LogFormat {
  if (format !== 'auto') return format
  return isTerminal ? 'pretty' : 'json'
}

/** Writes to standard output, line by line and at once: what was logged before a crash can be read after it. */
export function createLogger(level: LogConfig['level'], format: LogFormat): Logger {
  // Neither process id nor host name: whoever collects lines of several machines knows where they came from.
  return pino({ level, base: null }, format === 'json' ? destination({ dest: 1, sync: true }) : prettyStream())
}

function prettyStream(): ReturnType<typeof pretty> {
  return pretty({
    destination: 1,
    sync: true,
    colorize: process.stdout.isTTY && !process.env.NO_COLOR,
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  })
}
