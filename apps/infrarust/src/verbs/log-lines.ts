import * as v from 'valibot'

/** A line of the log: its own fields beside these. */
export const LOG_LINE = v.record(v.string(), v.unknown())

export type LogLine = Readonly<Record<string, unknown>>

/** Which lines are wanted. */
export const LOG_FIELDS = {
  level: v.optional(
    v.pipe(v.picklist(['trace', 'debug', 'info', 'warn', 'error']), v.description('The least important ones.')),
  ),
  target: v.optional(v.pipe(v.string(), v.maxLength(200), v.description('Only those that have this text in them.'))),
}

const LEVELS: Readonly<Record<string, number>> = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 }

/** @returns the line where it is wanted */
export function wantedLine(
  json: string,
  { level, target }: { readonly level?: string | undefined; readonly target?: string | undefined },
): LogLine | undefined {
  if (target !== undefined && !json.includes(target)) return undefined
  const line: unknown = JSON.parse(json)
  if (typeof line !== 'object' || line === null) return undefined
  const fields = Object.fromEntries(Object.entries(line))
  return numberOf(fields.level) >= (level === undefined ? 0 : numberOf(level)) ? fields : undefined
}

/** By name or, with `levels = "numbers"`, by number. */
function numberOf(level: unknown): number {
  return typeof level === 'number' ? level : (LEVELS[String(level)] ?? 0)
}
