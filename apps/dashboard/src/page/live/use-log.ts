import { useEffect, useRef, useState } from 'preact/hooks'
import { ask } from '../api/ask.ts'
import { follow } from '../api/follow.ts'

/** A line of the log, as it is written. */
export interface LogLine {
  readonly key: number
  readonly time: number
  readonly level: string
  readonly text: string
  /** The fields beside the text, as JSON. */
  readonly fields: string
}

/** Lines that stay; the oldest go. */
const MAX_LINES = 2_000

/** The last lines of the log, and those that come. While it is paused they are kept, and counted. */
export function useLog(isPaused: boolean): { readonly lines: readonly LogLine[]; readonly waiting: number } {
  const all = useRef<LogLine[]>([])
  const [shown, setShown] = useState<readonly LogLine[]>([])
  const [count, setCount] = useState(0)
  const paused = useRef(isPaused)
  paused.current = isPaused

  useEffect(() => {
    const gone = new AbortController()
    let key = 0
    let isDrawing = false
    const add = (lines: readonly Omit<LogLine, 'key'>[]): void => {
      all.current = [...all.current, ...lines.map((line) => ({ ...line, key: key++ }))].slice(-MAX_LINES)
      // However many come: one drawing a frame.
      if (isDrawing) return
      isDrawing = true
      requestAnimationFrame(() => {
        isDrawing = false
        setCount(key)
        if (!paused.current) setShown(all.current)
      })
    }
    const onEvent = (_: string, data: unknown): void => {
      const event = fieldsOf(data)
      if (event.kind === 'line') add([lineOf(event.line)])
      else if (event.kind === 'missed') add([missed(event.lines)])
    }
    ask<readonly unknown[]>('/logs/history', { signal: gone.signal })
      .then((lines) => add(lines.map(lineOf)))
      .catch(() => {})
      .finally(() => void follow('/logs', { signal: gone.signal, onEvent }))
    return () => gone.abort()
  }, [])
  useEffect(() => {
    if (!isPaused) setShown(all.current)
  }, [isPaused])
  return { lines: shown, waiting: Math.max(0, count - 1 - (shown.at(-1)?.key ?? -1)) }
}

function lineOf(data: unknown): Omit<LogLine, 'key'> {
  const { level, time, msg, ...fields } = fieldsOf(data)
  const at = typeof time === 'number' ? time : Date.parse(String(time))
  return {
    time: Number.isNaN(at) ? Date.now() : at,
    level: typeof level === 'number' ? (LEVELS[level] ?? String(level)) : String(level),
    text: typeof msg === 'string' ? msg : '',
    fields: Object.keys(fields).length === 0 ? '' : JSON.stringify(fields),
  }
}

function missed(lines: unknown): Omit<LogLine, 'key'> {
  return {
    time: Date.now(),
    level: 'warn',
    text: `${lines} lines are missing here: they came faster than they were read`,
    fields: '',
  }
}

function fieldsOf(data: unknown): Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null ? Object.fromEntries(Object.entries(data)) : {}
}

/** The numbers that the log is written with. */
const LEVELS: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}
