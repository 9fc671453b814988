import { FolderWatches } from './folder-watches.ts'
import { errorCode, reasonOf } from './system-error.ts'
import type { WatchPlan } from './watch-plan.ts'

/** Something in the file system that is read again after each change. */
export interface FollowedSource {
  /** Which names matter now; asked again before each reading, because links may lead elsewhere by then. */
  plan(): Promise<WatchPlan>
  /** A name beside those of the plan that matters. */
  isRelevant(name: string): boolean
  /** `passing`: it could not be read for want of something that there will be again, and is read again. */
  read(): Promise<'done' | 'passing'>
}

export interface FollowTimings {
  /** A change is read when it has been quiet for so long: editors truncate and write, or rename in several steps. */
  readonly quietMs: number
  /** However busy the folder is, a change is not read later than this. */
  readonly latestMs: number
  /** How often the source is read where the system cannot watch it, or not read it. */
  readonly unwatchedMs: number
}

export const DEFAULT_FOLLOW_TIMINGS: FollowTimings = { quietMs: 100, latestMs: 1_000, unwatchedMs: 5_000 }

export interface Followed {
  /** Settles when the source was read for the first time. */
  readonly first: Promise<void>
  /** Reads again as if something had changed. */
  poke(): void
  /** Reads again at once; resolves when that is done. */
  readNow(): Promise<void>
}

/**
 * Reads a source now and after every change of it until the signal aborts; one reading at a time.
 *
 * @param report called once, with the reason, where the system cannot watch (out of inotify watches): the source is then
 *   read every few seconds
 */
export function followSource(
  source: FollowedSource,
  options: {
    readonly signal: AbortSignal
    readonly timings: FollowTimings
    readonly report: (message: string) => void
  },
): Followed {
  const { signal, timings } = options
  const watches = new FolderWatches({ onChange: changed, isRelevant: source.isRelevant })
  let timer: NodeJS.Timeout | undefined
  let changedAt: number | undefined
  let reading: Promise<void> | undefined
  let hasReported = false
  let lastFailure = ''

  function changed(): void {
    if (signal.aborted) return
    changedAt ??= performance.now()
    const latest = changedAt + timings.latestMs - performance.now()
    schedule(Math.max(0, Math.min(timings.quietMs, latest)))
  }

  function schedule(delayMs: number): void {
    clearTimeout(timer)
    timer = setTimeout(startReading, delayMs)
    timer.unref()
  }

  function startReading(): void {
    // A change during a reading is read after it: `changedAt` tells.
    if (reading !== undefined || signal.aborted) return
    changedAt = undefined
    reading = readOnce().finally(() => {
      reading = undefined
      if (changedAt !== undefined) changed()
    })
  }

  async function readOnce(): Promise<void> {
    const failures = await watchAll()
    const outcome = signal.aborted ? 'done' : await read()
    const isDueAgain = failures.length > 0 || outcome === 'passing'
    if (isDueAgain && !signal.aborted && changedAt === undefined) schedule(timings.unwatchedMs)
  }

  /** What goes wrong with one source, foreseen or not, ends neither its following nor the process. */
  async function read(): Promise<'done' | 'passing'> {
    try {
      return await source.read()
    } catch (cause) {
      const message = `a change could not be taken over: ${reasonOf(cause)}`
      if (message !== lastFailure) options.report(message)
      lastFailure = message
      return 'passing'
    }
  }

  async function readNow(): Promise<void> {
    // What is being read now may have been opened before the change that somebody asks about.
    await reading
    clearTimeout(timer)
    startReading()
    await reading
  }

  /** Watches first and reads afterwards, so that no change falls between the two. */
  async function watchAll(): Promise<readonly unknown[]> {
    for (let round = 0; ; round++) {
      const { hasOpened, failures } = await watches.follow(await source.plan())
      if (signal.aborted) watches.close()
      // What was replaced while its watch was being opened shows in the next plan; a folder in constant change must
      // not keep us from reading.
      if (hasOpened && round < 3 && !signal.aborted) continue
      return reported([...failures])
    }
  }

  /** A folder on the way that we may pass but not list cannot be watched; the rest of the way is. */
  function reported(failures: readonly (readonly [folder: string, cause: unknown])[]): readonly unknown[] {
    const grave = failures.filter(([, cause]) => errorCode(cause) !== 'EACCES')
    const [first] = grave
    if (first !== undefined && !hasReported) {
      hasReported = true
      const [folder, cause] = first
      options.report(
        `${folder} cannot be watched: ${reasonOf(cause)}; changes are noticed within ${timings.unwatchedMs / 1000} s`,
      )
    }
    return grave
  }

  signal.addEventListener('abort', () => {
    clearTimeout(timer)
    watches.close()
  })
  startReading()
  return { first: reading ?? Promise.resolve(), poke: changed, readNow }
}
