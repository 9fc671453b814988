/** Lines about one thing that are written at once; after them one in `REFILL_MS`. */
const BURST = 20
const REFILL_MS = 60_000

/** Things told apart; whoever makes more of them shares one allowance. */
const MOST_THINGS = 10_000

/** What becomes of a line: `last` is written, with the word that what follows is left out. */
export type LineFate = 'shown' | 'last' | 'left-out'

/**
 * Bounds the lines about one thing that others control, such as a container: one that starts and stops with wrong labels,
 * or is made anew with other ones each second, must not fill the log.
 */
export class LineBounds {
  readonly #now: () => number
  readonly #allowances = new Map<string, Allowance>()

  /** @param now monotonic milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** Takes one line about a thing out of its allowance. */
  take(about: string): LineFate {
    const now = this.#now()
    const allowance = this.#allowanceOf(about, now)
    allowance.left = Math.min(BURST, allowance.left + (now - allowance.at) / REFILL_MS)
    allowance.at = now
    if (allowance.left < 1) return 'left-out'
    allowance.left--
    if (allowance.left >= 1 || allowance.isTold) {
      // Told again only after the thing has been quiet for a while.
      if (allowance.left > BURST / 2) allowance.isTold = false
      return 'shown'
    }
    allowance.isTold = true
    return 'last'
  }

  #allowanceOf(about: string, now: number): Allowance {
    const known = this.#allowances.get(about)
    if (known !== undefined) return known
    if (this.#allowances.size >= MOST_THINGS) this.#forgetFull(now)
    const key = this.#allowances.size < MOST_THINGS ? about : OTHERS
    const allowance = this.#allowances.get(key) ?? { left: BURST, at: now, isTold: false }
    this.#allowances.set(key, allowance)
    return allowance
  }

  #forgetFull(now: number): void {
    for (const [about, { left, at }] of this.#allowances)
      if (left + (now - at) / REFILL_MS >= BURST) this.#allowances.delete(about)
  }
}

/** No name of a thing is empty. */
const OTHERS = ''

interface Allowance {
  left: number
  at: number
  /** Whether it was said that lines are left out. */
  isTold: boolean
}

/** The word behind the last line. */
export function leftOutText(about: string): string {
  return `${about}: these are ${BURST} lines about it; of what follows one a minute is written`
}
