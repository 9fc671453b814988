import { constants } from 'node:os'

/**
 * npm and pnpm pass a Ctrl-C on that the terminal has sent to us already: what follows within this time is the same one.
 * Started in any other way each signal counts.
 */
const SAME_SIGNAL_MS = process.env.npm_lifecycle_event === 'start' ? 250 : 0

/** The first SIGTERM or SIGINT asks to stop, a second one exits at once. */
export function onStopSignal(stop: (signal: NodeJS.Signals) => void): void {
  let firstAt: number | undefined
  const received = (signal: NodeJS.Signals): void => {
    if (firstAt === undefined) {
      firstAt = performance.now()
      stop(signal)
    } else if (performance.now() - firstAt >= SAME_SIGNAL_MS) process.exit(128 + constants.signals[signal])
  }
  process.on('SIGTERM', received)
  process.on('SIGINT', received)
}
