import { constants } from 'node:os'

/**
 * npm and pnpm pass a Ctrl-C on that the terminal has sent to us already: what follows within this time is the same one.
 * Started in any other way each signal counts.
 */
const SAME_SIGNAL_MS = process.env.npm_lifecycle_event === 'start' ? 250 : 0

/** What a second signal leaves for the last lines of the log. */
const AT_ONCE_MS = 500

/**
 * The first SIGTERM or SIGINT asks to stop, a second one exits at once, with the code of a process that it has killed.
 *
 * @param hurry told of the second one: a moment is left to bring everything to its end, and to exit with this code
 */
export function onStopSignal(stop: (signal: NodeJS.Signals) => void, hurry: (exitCode: number) => void): void {
  let firstAt: number | undefined
  const received = (signal: NodeJS.Signals): void => {
    if (firstAt === undefined) {
      firstAt = performance.now()
      stop(signal)
      return
    }
    if (performance.now() - firstAt < SAME_SIGNAL_MS) return
    const exitCode = 128 + constants.signals[signal]
    setTimeout(() => process.exit(exitCode), AT_ONCE_MS)
    hurry(exitCode)
  }
  process.on('SIGTERM', received)
  process.on('SIGINT', received)
}
