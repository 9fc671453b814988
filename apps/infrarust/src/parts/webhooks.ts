import type { Logger } from 'pino'
import type { EventHub } from '../events/event-hub.ts'
import type { Config } from '../program-keys.ts'
import type { Delivery } from '../webhook/delivery.ts'
import type { WebhookConfig } from '../webhook/webhook-keys.ts'
import type { Part } from './part.ts'

/** How long what is still to be sent has at the end. */
const FAREWELL_MS = 2_000
/** Lines about one webhook that takes nothing: the first, then not before this. */
const COMPLAIN_AGAIN_MS = 600_000

/** Tells other programs what happens, where `[[webhook]]` names them. */
export class Webhooks implements Part {
  readonly #events: EventHub
  readonly #logger: Logger
  /** By what they are told to do: one that stays as it is keeps what waits. */
  #open = new Map<string, OpenWebhook>()
  #changed: Promise<void> = Promise.resolve()

  constructor(config: Pick<Config, 'webhooks'>, events: EventHub, logger: Logger) {
    this.#events = events
    this.#logger = logger
    this.useConfig(config)
  }

  useConfig({ webhooks }: Pick<Config, 'webhooks'>): void {
    if (webhooks.length === 0 && this.#open.size === 0) return
    this.#changed = this.#changed.then(() => this.#use(webhooks))
  }

  async stop(): Promise<void> {
    await this.#changed
    await Promise.all([...this.#open.values()].map(close))
  }

  async #use(webhooks: readonly WebhookConfig[]): Promise<void> {
    // Whoever has none starts without the code for them.
    const { Delivery } = await import('../webhook/delivery.ts')
    const before = this.#open
    this.#open = new Map(
      webhooks.flatMap((webhook) => {
        const { url } = webhook
        if (url === undefined) return []
        const key = JSON.stringify(webhook)
        const known = before.get(key)
        before.delete(key)
        return [[key, known ?? this.#follow(webhook, new Delivery({ url, webhook, complain: this.#complaint() }))]]
      }),
    )
    for (const webhook of before.values()) void close(webhook)
  }

  #follow({ events }: WebhookConfig, delivery: Delivery): OpenWebhook {
    const end = this.#events.subscribe({ kinds: new Set(events), take: (event) => delivery.add(event) })
    return { delivery, end }
  }

  #complaint(): (message: string) => void {
    let saidAt = Number.NEGATIVE_INFINITY
    return (message) => {
      if (performance.now() - saidAt < COMPLAIN_AGAIN_MS) return
      saidAt = performance.now()
      this.#logger.warn({ event: 'webhook' }, message)
    }
  }
}

interface OpenWebhook {
  readonly delivery: Delivery
  readonly end: () => void
}

async function close({ delivery, end }: OpenWebhook): Promise<void> {
  end()
  await delivery.end(FAREWELL_MS)
}
