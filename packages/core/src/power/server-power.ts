/**
 * The power of one server: what can be asked of whatever runs it, a process, a container, a panel. It decides nothing: when
 * to start and to stop is the server manager's business, and whether a server is ready is found out by a list ping of the
 * server itself. So `running` need not mean ready, and a state may be as old as the source makes it (panels keep theirs for
 * half a minute): it is used to notice failure and to start nothing twice.
 */
export interface ServerPower {
  /**
   * What the source says now. Asked before each start and each stop, every few seconds in between, and never twice at once.
   *
   * @throws {PowerError} where it cannot be asked
   */
  state(signal: AbortSignal): Promise<PowerReading>
  /**
   * Orders a start; resolves when the order is taken, not when the server is up. One that runs or starts already is fine and
   * is left as it is. After it `state` may still say `stopped` for as long as the source is old.
   *
   * @throws {PowerError} where the order is refused or cannot be given; nothing was started, as far as is known
   */
  start(signal: AbortSignal): Promise<void>
  /**
   * Orders an orderly stop, in which the server saves its world; resolves when the order is taken. Never a kill before the
   * time that the server is given for it has passed. One that is stopped or stopping already is fine.
   *
   * @throws {PowerError} where the order is refused or cannot be given
   */
  stop(signal: AbortSignal): Promise<void>
  /**
   * How old what `state` says may be, in milliseconds; left out: it is as of now. For so long after an order `stopped` and
   * `crashed` are taken for what was before it. Infinity: `state` does not tell that a start has failed.
   */
  readonly staleMs?: number
  /**
   * How often `state` is asked while the server starts or stops, in milliseconds; left out: every five seconds while it
   * starts, every two while it stops.
   */
  readonly pollMs?: number | undefined
  /**
   * Whether an answered list ping is enough for it to be ready; left out: it is. For a source that waits for something more,
   * such as a line of the output.
   */
  mayBeReady?(): boolean
  /**
   * The last lines that the server wrote, oldest first; left out, or undefined, where the source has none.
   *
   * @throws {PowerError} where it cannot be asked for them
   */
  log?(signal: AbortSignal): Promise<readonly string[] | undefined>
  /**
   * Looks for what would keep an order from being carried out, a key without its permission for instance, and gives none; for
   * `doctor`. Left out where nothing can be found out.
   *
   * @throws {PowerError} where the source cannot be asked
   */
  check?(signal: AbortSignal): Promise<readonly PowerCheck[]>
  /**
   * Calls `listener` when something has happened that is worth asking `state` about at once, such as the end of a process;
   * left out where the source tells nothing by itself.
   */
  onChange?(listener: () => void): void
  /**
   * The manager lets go of it; nothing else is called afterwards. `shutdown`: the proxy ends, its players are gone.
   * `removed`: the definition of the server is gone. What lives by this process alone is stopped in both cases unless its
   * options say otherwise; what somebody else runs is left as it is.
   */
  close?(why: 'shutdown' | 'removed'): Promise<void>
}

/** One thing that was looked at before anything is ordered. */
export interface PowerCheck {
  readonly isGood: boolean
  /** One line for the operator; of what is not good with what to do. */
  readonly text: string
}

/** What a source says of a server. */
export interface PowerReading {
  readonly state: PowerState
  /** Of `crashed` and `unknown`: in the source's own words, one line. */
  readonly why?: string
}

/**
 * - `running`: it was started, and may still be loading
 * - `stopped`: it may be started; also what was paused
 * - `starting`, `stopping`: on the way, by whosever order
 * - `crashed`: it has ended by itself and was not to; it may be started
 * - `unknown`: the source has no word for it, or none that can be trusted
 */
export type PowerState = 'running' | 'stopped' | 'starting' | 'stopping' | 'crashed' | 'unknown'
