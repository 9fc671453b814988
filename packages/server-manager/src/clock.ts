import type { Clock } from './managed-server.ts'

/** Node's timers hold no longer time; who is woken early looks at the clock and waits again. */
const LONGEST_MS = 2 ** 31 - 1

/** The time of this machine. Nothing stays alive for its sake. */
export const systemClock: Clock = {
  now: () => performance.now(),
  epoch: () => Date.now(),
  at(moment, then) {
    const delayMs = Math.min(Math.max(0, Math.ceil(moment - performance.now())), LONGEST_MS)
    const timer = setTimeout(then, delayMs).unref()
    return () => clearTimeout(timer)
  },
}
