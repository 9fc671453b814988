/** One of `/stats/history`. */
export interface Minute {
  /** Its begin. */
  readonly at: string
  readonly sessions: number
  readonly logins: number
  readonly refusals: Readonly<Record<string, number>>
  readonly bytes_in: number
  readonly bytes_out: number
  readonly event_loop_delay_ms: number
}

/** The last hour as lines: one value of each for each time. */
export interface History {
  /** Epoch milliseconds. */
  readonly times: readonly number[]
  readonly sessions: readonly number[]
  readonly logins: readonly number[]
  /** By reason, the most frequent first. */
  readonly refusals: readonly { readonly reason: string; readonly values: readonly number[] }[]
  readonly bytesInPerSecond: readonly number[]
  readonly bytesOutPerSecond: readonly number[]
  readonly eventLoopDelayMs: readonly number[]
}

/** Reasons with a line of their own; the others share one. */
const MAX_REASONS = 5
const SECONDS = 60

/** Of whole minutes: the one that has just begun would look like a fall. */
export function historyOf(all: readonly Minute[]): History {
  const minutes = all.length > 1 ? all.slice(0, -1) : all
  return {
    times: minutes.map(({ at }) => Date.parse(at)),
    sessions: minutes.map(({ sessions }) => sessions),
    logins: minutes.map(({ logins }) => logins),
    refusals: refusalsOf(minutes),
    bytesInPerSecond: minutes.map(({ bytes_in }) => bytes_in / SECONDS),
    bytesOutPerSecond: minutes.map(({ bytes_out }) => bytes_out / SECONDS),
    eventLoopDelayMs: minutes.map(({ event_loop_delay_ms }) => event_loop_delay_ms),
  }
}

function refusalsOf(minutes: readonly Minute[]): History['refusals'] {
  const sums = new Map<string, number>()
  for (const { refusals } of minutes)
    for (const [reason, count] of Object.entries(refusals)) sums.set(reason, (sums.get(reason) ?? 0) + count)
  const reasons = [...sums].sort(([, one], [, other]) => other - one).map(([reason]) => reason)
  const own = reasons.slice(0, MAX_REASONS)
  const lines = own.map((reason) => ({ reason, values: minutes.map(({ refusals }) => refusals[reason] ?? 0) }))
  if (reasons.length <= MAX_REASONS) return lines
  const others = minutes.map(({ refusals }) =>
    Object.entries(refusals).reduce((sum, [reason, count]) => (own.includes(reason) ? sum : sum + count), 0),
  )
  return [...lines, { reason: 'others', values: others }]
}
