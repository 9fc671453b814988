/** How coarse the clock of all deadlines is, milliseconds. The shortest that anybody asks for is 300 (a legacy ping). */
const TICK_MS = 25
/** A power of two. A deadline further away than one turn (25.6 s) is looked at once a turn and left in its slot. */
const SLOTS = 1024

/** A deadline that its owner moves. It is linked into its wheel, so that neither arming nor cancelling allocates. */
export interface Timer {
  /** When it is due, in the wheel's milliseconds; `Infinity` while it is not armed. */
  readonly dueAt: number
  /** Never calls back before `dueAt`; calls once. Arming an armed timer moves it. */
  arm(dueAt: number): void
  cancel(): void
}

/**
 * All deadlines of a transport behind one interval timer, which runs only while something is armed: thousands of
 * connections cost a list link each, no timer of the runtime.
 */
export class TimerWheel {
  readonly #now: () => number
  readonly #slots: (WheelTimer | undefined)[] = new Array(SLOTS).fill(undefined)
  readonly #due: WheelTimer[] = []
  #armed = 0
  #sweptTick: number
  #interval: NodeJS.Timeout | undefined

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now
    this.#sweptTick = Math.floor(now() / TICK_MS)
  }

  timer(isDue: (now: number) => void): Timer {
    return new WheelTimer(this, isDue)
  }

  close(): void {
    clearInterval(this.#interval)
    this.#interval = undefined
  }

  link(entry: WheelTimer): void {
    if (this.#armed === 0) this.#start()
    this.#armed++
    entry.slot = Math.max(Math.ceil(entry.dueAt / TICK_MS), this.#sweptTick + 1) % SLOTS
    const first = this.#slots[entry.slot]
    entry.next = first
    if (first !== undefined) first.previous = entry
    this.#slots[entry.slot] = entry
  }

  unlink(entry: WheelTimer): void {
    this.#armed--
    if (entry.previous !== undefined) entry.previous.next = entry.next
    else this.#slots[entry.slot] = entry.next
    if (entry.next !== undefined) entry.next.previous = entry.previous
    entry.previous = undefined
    entry.next = undefined
    entry.slot = -1
  }

  #start(): void {
    if (this.#interval !== undefined) return
    this.#sweptTick = Math.floor(this.#now() / TICK_MS)
    // The sockets keep the process alive, not their deadlines.
    this.#interval = setInterval(() => this.#sweep(), TICK_MS).unref()
  }

  #sweep(): void {
    const now = this.#now()
    const tick = Math.floor(now / TICK_MS)
    // After a stall longer than a turn every slot is looked at once, not once a missed turn.
    for (let at = Math.max(this.#sweptTick + 1, tick - SLOTS + 1); at <= tick; at++) {
      for (let entry = this.#slots[at % SLOTS]; entry !== undefined; entry = entry.next)
        if (entry.dueAt <= now) this.#due.push(entry)
    }
    this.#sweptTick = tick
    // Those that are due are collected first: what one calls may move or cancel another.
    for (const entry of this.#due) if (entry.dueAt <= now) entry.fire(now)
    this.#due.length = 0
    if (this.#armed === 0) this.close()
  }
}

class WheelTimer implements Timer {
  dueAt: number = Number.POSITIVE_INFINITY
  slot = -1
  previous: WheelTimer | undefined
  next: WheelTimer | undefined
  readonly #wheel: TimerWheel
  readonly #isDue: (now: number) => void

  constructor(wheel: TimerWheel, isDue: (now: number) => void) {
    this.#wheel = wheel
    this.#isDue = isDue
  }

  arm(dueAt: number): void {
    if (dueAt === this.dueAt) return
    this.cancel()
    if (dueAt === Number.POSITIVE_INFINITY) return
    this.dueAt = dueAt
    this.#wheel.link(this)
  }

  cancel(): void {
    if (this.slot !== -1) this.#wheel.unlink(this)
    this.dueAt = Number.POSITIVE_INFINITY
  }

  fire(now: number): void {
    this.cancel()
    this.#isDue(now)
  }
}
