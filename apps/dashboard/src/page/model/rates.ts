import type { Connection } from '../api/answers.ts'

/** A connection with what moves on it now. */
export interface Rated extends Connection {
  /** Bytes a second, both ways. */
  readonly rate: number
}

/** What was moved between two looks, as a rate; of a connection that is new, since it was accepted. */
export class Rates {
  #before = new Map<number, { readonly bytes: number; readonly atMs: number }>()

  /** @param nowMs monotonic milliseconds */
  rate(connections: readonly Connection[], nowMs: number): readonly Rated[] {
    const next = new Map<number, { readonly bytes: number; readonly atMs: number }>()
    const rated = connections.map((connection) => {
      const { id, bytes_in, bytes_out, age_ms } = connection
      const bytes = bytes_in + bytes_out
      const before = this.#before.get(id)
      next.set(id, { bytes, atMs: nowMs })
      const ms = before === undefined ? age_ms : nowMs - before.atMs
      const moved = bytes - (before?.bytes ?? 0)
      return { ...connection, rate: ms > 0 && moved > 0 ? (moved * 1_000) / ms : 0 }
    })
    this.#before = next
    return rated
  }
}
