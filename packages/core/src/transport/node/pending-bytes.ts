import { MOST_PENDING_BYTES, READS_LEFT, RELAY_PENDING_BYTES, SMALLEST_READ_BYTES } from '../limits.ts'

/** Somebody for whom an answer waits. */
export interface Waiting {
  destroy(): void
}

/** What waits in memory for peers that do not take it, of all connections of a transport. */
export class PendingBytes {
  readonly #unreadAnswers = new Set<Waiting>()
  #total = 0

  /** More or, where it was sent or dropped, less of it. */
  change(bytes: number): void {
    this.#total += bytes
  }

  /** How much to read at once for somebody else: what that one does not take is kept. */
  get readBytes(): number {
    return Math.max(SMALLEST_READ_BYTES, Math.floor((RELAY_PENDING_BYTES - this.#total) / READS_LEFT))
  }

  /** An answer waits for its client. Where too much waits in all, those who have left theirs for longest are reset. */
  answerWaits(client: Waiting): void {
    this.#unreadAnswers.delete(client)
    this.#unreadAnswers.add(client)
    for (const longest of this.#unreadAnswers) {
      if (this.#total <= MOST_PENDING_BYTES || longest === client) return
      this.#unreadAnswers.delete(longest)
      longest.destroy()
    }
  }

  answerTaken(client: Waiting): void {
    this.#unreadAnswers.delete(client)
  }
}
