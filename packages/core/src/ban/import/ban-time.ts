/**
 * A moment as lists of bans write it: seconds or milliseconds since 1970, `2024-01-01 00:00:00 +0000` (vanilla),
 * ISO 8601, or Rust's `{"secs_since_epoch": …}`.
 *
 * @returns epoch milliseconds; undefined where it is none
 */
export function parseBanTime(written: unknown): number | undefined {
  if (typeof written === 'number') return Number.isFinite(written) && written >= 0 ? fromNumber(written) : undefined
  if (typeof written === 'object' && written !== null && 'secs_since_epoch' in written)
    return parseBanTime(written.secs_since_epoch)
  if (typeof written !== 'string') return undefined
  const [, day, time, hours, minutes] = VANILLA.exec(written.trim()) ?? []
  const at = Date.parse(day === undefined ? written : `${day}T${time}${hours}:${minutes}`)
  return Number.isNaN(at) ? undefined : at
}

/** Whether an expiry means that there is none. */
export function isForever(written: unknown): boolean {
  return written === undefined || written === null || (typeof written === 'string' && /^forever$/i.test(written.trim()))
}

const VANILLA = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) ([+-]\d{2}):?(\d{2})$/

/** In seconds this is the year 5138, in milliseconds it is 1973. */
const SECONDS_BELOW = 1e11

function fromNumber(written: number): number {
  return Math.round(written < SECONDS_BELOW ? written * 1000 : written)
}
