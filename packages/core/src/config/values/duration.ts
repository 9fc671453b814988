import { gives, isNot, type ValueType } from '../value-type.ts'

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Node's timers hold 2³¹−1 milliseconds and fire at once for more: 24 days are below that. */
const LONGEST_MS = 24 * 86_400_000

/** @returns milliseconds, or undefined where the text is no duration such as `5s`, `1m 30s`, `500ms` */
export function parseDuration(written: string): number | undefined {
  const parts = written.trim().match(/^(?:\d+(?:\.\d+)?\s*(?:ms|s|m|h|d)\s*)+$/i)
  if (parts === null) return undefined
  let milliseconds = 0
  for (const [, amount, unit] of written.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)/gi)) {
    milliseconds += Number(amount) * (UNIT_MS[unit?.toLowerCase() ?? ''] ?? Number.NaN)
  }
  return Math.round(milliseconds)
}

/** Milliseconds as a person would write them: `1m 30s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return '0s'
  let rest = milliseconds
  const parts: string[] = []
  for (const [unit, unitMs] of Object.entries(UNIT_MS).toReversed()) {
    const count = Math.floor(rest / unitMs)
    if (count > 0) parts.push(`${count}${unit}`)
    rest -= count * unitMs
  }
  return parts.join(' ')
}

/** A time span as text with a unit; the value is milliseconds. */
export function duration(options: { readonly minMs?: number; readonly maxMs?: number } = {}): ValueType<number> {
  const minMs = options.minMs ?? 0
  const maxMs = options.maxMs ?? LONGEST_MS
  return {
    name: 'duration',
    read(written) {
      // A bare number is refused: milliseconds or seconds is the mistake that made a time-out of 347 days elsewhere.
      if (typeof written === 'number' || (typeof written === 'string' && /^\s*\d+\s*$/.test(written)))
        return isNot(written, `write a duration with its unit, such as "${Number(written)}s"`)
      const milliseconds = typeof written === 'string' ? parseDuration(written) : undefined
      if (milliseconds === undefined) return isNot(written, 'write a duration such as "5s", "500ms" or "1m 30s"')
      if (milliseconds < minMs) return isNot(written, `the shortest is "${formatDuration(minMs)}"`)
      if (milliseconds > maxMs) return isNot(written, `the longest is "${formatDuration(maxMs)}"`)
      return gives(milliseconds)
    },
    fromText: (label) => label,
    schema: { type: 'string', pattern: '^\\s*([0-9]+(\\.[0-9]+)?\\s*([mM][sS]|[sSmMhHdD])\\s*)+$' },
  }
}
