import { constants } from 'node:os'
import { isatty } from 'node:tty'

/** What signals ask of the running proxy. */
export interface Asked {
  /** Comes once. */
  stop(signal: NodeJS.Signals): void
  /** It is to end at once: a moment is left to bring everything to its end, and to exit with this code. */
  endNow(exitCode: number): void
  /** The configuration is to be read again. */
  reload(): void
  /** Somebody has moved the log files away. */
  reopenLog(): void
}

/** Each of them would end the process without a record, and without the time that sessions have. */
const STOP_SIGNALS = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGUSR2'] as const

/**
 * npm, pnpm and our own launchers pass a Ctrl-C on that the terminal has sent to us already: what follows within this time
 * is the same one. Started in any other way each signal counts.
 */
const SAME_SIGNAL_MS =
  process.env.npm_lifecycle_event === 'start' || process.env.INFRARUST_LAUNCHER === String(process.ppid) ? 250 : 0

/** What a second signal leaves for the last lines of the log. */
const AT_ONCE_MS = 500

/**
 * The signals of a proxy:
 *
 * - SIGTERM, SIGINT, SIGQUIT and SIGUSR2 ask it to stop, and a second one of them ends it at once, with the code of a
 *   process that it has killed
 * - SIGHUP has it read its configuration again; where its terminal has been closed it asks to stop, since nobody would see
 *   or stop it any more
 * - SIGUSR1 has it open its log files again
 *
 * Until `answer` the first kind does what it does to any process; SIGHUP is kept, and SIGUSR1 has nothing to open again.
 */
export class Signals {
  /** The standard streams that lead to a terminal. */
  readonly #terminals = [0, 1, 2].filter((fd) => isatty(fd))
  #asked: Asked | undefined
  #isReloadWanted = false
  #isStopping = false
  /** When the first of the stop signals came. */
  #stoppedAt: number | undefined

  constructor() {
    process.on('SIGHUP', () => this.#hangUp())
  }

  /** From now on they are answered here. */
  answer(asked: Asked): void {
    this.#asked = asked
    for (const signal of STOP_SIGNALS) process.on(signal, () => this.#stop(signal))
    process.on('SIGUSR1', () => asked.reopenLog())
    if (this.#isReloadWanted) asked.reload()
  }

  #hangUp(): void {
    if (this.#isTerminalClosed()) {
      // Several of them come: from the terminal, from the shell, through a launcher. None is somebody's impatience.
      if (this.#asked === undefined) process.exit(exitCodeOf('SIGHUP'))
      this.#begin('SIGHUP')
    } else if (this.#asked === undefined) this.#isReloadWanted = true
    else if (!this.#isStopping) this.#asked.reload()
  }

  #stop(signal: NodeJS.Signals): void {
    if (this.#stoppedAt === undefined) {
      this.#stoppedAt = performance.now()
      this.#begin(signal)
      return
    }
    if (performance.now() - this.#stoppedAt < SAME_SIGNAL_MS) return
    const exitCode = exitCodeOf(signal)
    setTimeout(() => process.exit(exitCode), AT_ONCE_MS)
    this.#asked?.endNow(exitCode)
  }

  #begin(signal: NodeJS.Signals): void {
    if (this.#isStopping) return
    this.#isStopping = true
    this.#asked?.stop(signal)
  }

  /**
   * Where standard output is a terminal, a SIGHUP is taken for its end. Where only another stream is one (`| tee`, `> file`)
   * it is looked at: a terminal that has been closed is none any more.
   */
  #isTerminalClosed(): boolean {
    return this.#terminals.includes(1) || this.#terminals.some((fd) => !isatty(fd))
  }
}

function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal]
}
