import { setTimeout as wait } from 'node:timers/promises'
import type { ProxyEvent } from '../events/proxy-event.ts'
import { bodyOf, signed } from './message.ts'
import type { WebhookConfig } from './webhook-keys.ts'

export interface DeliveryOptions {
  readonly url: string
  readonly webhook: WebhookConfig
  /** Told of what is not taken, one line. */
  readonly complain: (message: string) => void
  readonly timings?: Partial<DeliveryTimings>
}

export interface DeliveryTimings {
  /** How long one try may take. */
  readonly tryMs: number
  /** Before the second try; twice as long before each further one. */
  readonly firstPauseMs: number
  readonly longestPauseMs: number
}

const TIMINGS: DeliveryTimings = { tryMs: 10_000, firstPauseMs: 1_000, longestPauseMs: 300_000 }
/** Events that wait for a receiver that is slow or gone. */
const MAX_WAITING = 1_000
/** With these pauses a bit more than half an hour. */
const MAX_TRIES = 12
/** After so many in vain the operator is told, who would learn of a wrong address in half an hour else. */
const TRIES_IN_SILENCE = 4

/** Sends events to one webhook, in their order and one at a time. Nobody waits for it: what does not fit is counted. */
export class Delivery {
  readonly #options: DeliveryOptions
  readonly #timings: DeliveryTimings
  readonly #waiting: ProxyEvent[] = []
  readonly #ended = new AbortController()
  #missed = 0
  #sending: Promise<void> | undefined

  constructor(options: DeliveryOptions) {
    this.#options = options
    this.#timings = { ...TIMINGS, ...options.timings }
  }

  add(event: ProxyEvent): void {
    if (this.#ended.signal.aborted) return
    if (this.#waiting.length >= MAX_WAITING) {
      // The latest news are worth the most.
      this.#waiting.shift()
      this.#missed++
    }
    this.#waiting.push(event)
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined
    })
  }

  /** Gives what waits so long to go out, then gives it up. */
  async end(withinMs: number): Promise<void> {
    const late = AbortSignal.timeout(withinMs)
    late.addEventListener('abort', () => this.#ended.abort())
    await this.#sending
    this.#ended.abort()
  }

  async #sendAll(): Promise<void> {
    for (let event = this.#waiting.shift(); event !== undefined; event = this.#waiting.shift()) {
      if (this.#ended.signal.aborted) return
      const missed = this.#missed
      this.#missed = 0
      const fault = await this.#send(bodyOf(event, missed, this.#options.webhook))
      if (fault === undefined) continue
      this.#missed += missed + 1
      this.#complain(`did not take an event: ${fault}`)
    }
  }

  #complain(what: string): void {
    // The rest of the URL is a secret of its own.
    const { origin } = new URL(this.#options.url)
    if (!this.#ended.signal.aborted) this.#options.complain(`the webhook at ${origin} ${what}`)
  }

  /** @returns why it was given up */
  async #send(body: string): Promise<string | undefined> {
    let pauseMs = this.#timings.firstPauseMs
    for (let tries = 1; ; tries++) {
      const outcome = await this.#try(body)
      if (outcome.kind === 'sent') return undefined
      if (outcome.kind === 'refused' || tries === MAX_TRIES) return outcome.why
      if (tries === TRIES_IN_SILENCE) this.#complain(`has not taken an event yet, and is asked again: ${outcome.why}`)
      const askedMs = Math.min(outcome.pauseMs ?? 0, this.#timings.longestPauseMs)
      try {
        await wait(Math.max(pauseMs, askedMs), undefined, { signal: this.#ended.signal, ref: false })
      } catch {
        return outcome.why
      }
      pauseMs = Math.min(pauseMs * 2, this.#timings.longestPauseMs)
    }
  }

  async #try(body: string): Promise<Outcome> {
    const {
      url,
      webhook: { secret },
    } = this.#options
    try {
      const response = await fetch(url, {
        method: 'POST',
        ...signed(body, secret, Math.floor(Date.now() / 1_000)),
        // Where it would lead is not where the operator has said.
        redirect: 'manual',
        signal: AbortSignal.any([AbortSignal.timeout(this.#timings.tryMs), this.#ended.signal]),
      })
      await response.body?.cancel()
      if (response.ok) return { kind: 'sent' }
      const why = `it answers ${response.status}`
      if (response.status < 500 && response.status !== 429 && response.status !== 408) return { kind: 'refused', why }
      const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
      return { kind: 'later', why, pauseMs: Number.isFinite(seconds) ? seconds * 1_000 : undefined }
    } catch (error) {
      return { kind: 'later', why: faultOf(error), pauseMs: undefined }
    }
  }
}

type Outcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'later'; readonly why: string; readonly pauseMs: number | undefined }

/** `fetch failed` alone says nothing. */
function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
