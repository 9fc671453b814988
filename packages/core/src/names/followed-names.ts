import type { NameAnswer } from './name-lookup.ts'

/** When names are asked again, in milliseconds. */
export interface RefreshTimings {
  /** A name is asked again when its TTL has passed, within these bounds, and after a failure at the lower one. */
  readonly minRefreshMs: number
  readonly maxRefreshMs: number
}

export const DEFAULT_REFRESH_TIMINGS: RefreshTimings = { minRefreshMs: 5_000, maxRefreshMs: 30_000 }

/** A name as it is asked for. */
export interface FollowedName {
  readonly host: string
  readonly wantsSrv: boolean
}

export interface FollowedNamesOptions<Name> {
  /** Never rejects. `NameLookup.lookUp`. */
  readonly lookUp: (host: string, wantsSrv: boolean) => Promise<NameAnswer>
  readonly onAnswer: (name: Name, answer: NameAnswer) => void
  readonly timings: RefreshTimings
}

/** Look-ups in flight over all names. */
const MAX_LOOKUPS = 2

/** Names that are looked up again and again in the background, a few at a time. What their answers mean is said by others. */
export class FollowedNames<Name extends FollowedName> {
  readonly #options: FollowedNamesOptions<Name>
  /** With the next look-up of those that wait for it. */
  readonly #followed = new Map<Name, NodeJS.Timeout | undefined>()
  readonly #queue: Name[] = []
  #inFlight = 0

  constructor(options: FollowedNamesOptions<Name>) {
    this.#options = options
  }

  /** Asked at once, as far as others leave room, and from then on. */
  follow(name: Name): void {
    this.#followed.set(name, undefined)
    this.#ask(name)
  }

  /** Asks for a name at once that waits for its next look-up; one that is being asked is left alone. */
  askNow(name: Name): void {
    const timer = this.#followed.get(name)
    if (timer === undefined) return
    clearTimeout(timer)
    this.#followed.set(name, undefined)
    this.#ask(name)
  }

  /** Nothing is heard of it any more, also of a look-up that is under way. */
  forget(name: Name): void {
    clearTimeout(this.#followed.get(name))
    this.#followed.delete(name)
  }

  #ask(name: Name): void {
    this.#queue.push(name)
    this.#askNext()
  }

  #askNext(): void {
    while (this.#inFlight < MAX_LOOKUPS) {
      const name = this.#queue.shift()
      if (name === undefined) return
      if (!this.#followed.has(name)) continue
      this.#inFlight++
      this.#options.lookUp(name.host, name.wantsSrv).then((answer) => {
        this.#inFlight--
        if (this.#followed.has(name)) this.#answered(name, answer)
        this.#askNext()
      })
    }
  }

  #answered(name: Name, answer: NameAnswer): void {
    const { onAnswer, timings } = this.#options
    const { minRefreshMs, maxRefreshMs } = timings
    const ttlMs = answer.kind === 'found' ? answer.ttlSeconds * 1000 : 0
    const refreshMs = Math.min(maxRefreshMs, Math.max(minRefreshMs, ttlMs))
    onAnswer(name, answer)
    // Whoever hears the answer may forget the name for it.
    if (this.#followed.has(name)) this.#followed.set(name, setTimeout(() => this.#ask(name), refreshMs).unref())
  }
}
