import type { EventKind } from './event-kinds.ts'
import type { ProxyEvent } from './proxy-event.ts'

/** Wants some of what happens. It must not throw, and not take its time. */
export interface Subscriber {
  readonly kinds: ReadonlySet<EventKind>
  take(event: ProxyEvent): void
}

/** Who wants to be told what happens. What nobody wants is not even put together. */
export class EventHub {
  readonly #subscribers = new Set<Subscriber>()
  readonly #listeners: (() => void)[] = []

  /** @param listener called when somebody has come or gone */
  onSubscribers(listener: () => void): void {
    this.#listeners.push(listener)
  }

  wants(kind: EventKind): boolean {
    for (const { kinds } of this.#subscribers) if (kinds.has(kind)) return true
    return false
  }

  /** @returns ends it */
  subscribe(subscriber: Subscriber): () => void {
    this.#subscribers.add(subscriber)
    this.#changed()
    return () => {
      this.#subscribers.delete(subscriber)
      this.#changed()
    }
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }

  /** @param make puts the event together, for those who want it */
  emit(kind: EventKind, make: (at: string) => ProxyEvent): void {
    if (!this.wants(kind)) return
    const event = make(new Date().toISOString())
    for (const { kinds, take } of this.#subscribers) if (kinds.has(kind)) take(event)
  }
}
