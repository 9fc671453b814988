import { useEffect, useRef, useState } from 'preact/hooks'
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

/** The lines of the log from now on. While it is paused they are kept, and counted. */
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
    const onEvent = (name: string, data: unknown): void => {
      const line = lineOf(name, data, key)
      if (line === undefined) return
      key++
      all.current = [...all.current.slice(1 - MAX_LINES), line]
      // However many come: one drawing a frame.
      if (isDrawing) return
      isDrawing = true
      requestAnimationFrame(() => {
        isDrawing = false
        setCount(key)
        if (!paused.current) setShown(all.current)
      })
    }
    void follow('/logs', { signal: gone.signal, onEvent })
    return () => gone.abort()
  }, [])
  useEffect(() => {
    if (!isPaused) setShown(all.current)
  }, [isPaused])
  const last = shown.at(-1)
  return { lines: shown, waiting: Math.max(0, count - 1 - (last?.key ?? -1)) }
}

function lineOf(name: string, data: unknown, key: number): LogLine | undefined {
  if (typeof data !== 'object' || data === null) return undefined
  const { kind, level, time, at, msg, message, text, lines, ...fields } = data as Readonly<Record<string, unknown>>
  if (name === 'missed' || kind === 'missed')
    return {
      key,
      time: Date.now(),
      level: 'warn',
      text: 'some lines are missing here: they came faster than they were read',
      fields: '',
    }
  const said = [msg, message, text].find((each) => typeof each === 'string')
  if (typeof level !== 'string' && typeof level !== 'number') return undefined
  const when = typeof time === 'number' ? time : Date.parse(String(time ?? at))
  return {
    key,
    time: Number.isNaN(when) ? Date.now() : when,
    level: typeof level === 'number' ? (LEVELS[level] ?? String(level)) : level,
    text: typeof said === 'string' ? said : '',
    fields: Object.keys(fields).length === 0 ? '' : JSON.stringify(fields),
  }
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
