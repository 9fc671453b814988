import type { PowerReading } from '@infrarust/core/server-power'

type Order = 'start' | 'stop'

interface Given {
  readonly order: Order
  readonly atMs: number
  /** Whether a stop came so shortly before that the panel may not have seen it. */
  readonly isAfterStop: boolean
  /** Whether the server was seen to run since. */
  wasSeen: boolean
}

/**
 * What a panel says of a server is older than what it was told: Pterodactyl keeps an answer for 20 seconds, Crafty looks at
 * its servers every 30. For so long an order counts for more than what it says; then a server that was to start and never
 * did has failed to.
 */
export class LastOrder {
  readonly #staleMs: number
  #last: Given | undefined

  constructor(staleMs: number) {
    this.#staleMs = staleMs
  }

  get order(): Order | undefined {
    return this.#last?.order
  }

  /** @param nowMs monotonic milliseconds */
  given(order: Order, nowMs: number): void {
    const before = this.#last
    const isAfterStop = before?.order === 'stop' && nowMs - before.atMs < this.#staleMs
    this.#last = { order, atMs: nowMs, isAfterStop, wasSeen: false }
  }

  /** What the panel's word means now. */
  judge(said: PowerReading, nowMs: number): PowerReading {
    if (this.#last === undefined || said.state === 'unknown') return said
    const isFresh = nowMs - this.#last.atMs < this.#staleMs
    const isUp = said.state === 'running' || said.state === 'starting'
    if (this.#last.order === 'stop') return isFresh && isUp ? { state: 'stopping' } : said
    if (isFresh && !isUp) return { state: 'starting' }
    // Right after a stop it may still be the life before.
    if (isUp && !(isFresh && this.#last.isAfterStop)) this.#last.wasSeen = true
    if (said.state !== 'stopped' || this.#last.wasSeen) return said
    const seconds = Math.round((nowMs - this.#last.atMs) / 1000)
    const why = `the panel took the order to start, and ${seconds} s later the server still does not run; its console in the panel says why`
    return { state: 'crashed', why }
  }
}
