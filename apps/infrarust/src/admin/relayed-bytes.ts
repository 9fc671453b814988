import type { AccessRecord, LiveConnection } from '@infrarust/core'

interface Directions {
  in: number
  out: number
}

/** Bytes by server: of sessions that have ended from their records, of those that go on from their counters. */
export class RelayedBytes {
  readonly #ended = new Map<string, Directions>()
  readonly #shown = new Map<string, Directions>()

  record({ bytes_in, bytes_out }: AccessRecord, server: string): void {
    add(this.#ended, server, bytes_in, bytes_out)
  }

  forget(server: string): void {
    this.#ended.delete(server)
    this.#shown.delete(server)
  }

  /** Never less than before: a session counts nowhere between its last byte and its record. */
  totals(
    live: readonly LiveConnection[],
    labelOf: (server: string) => string,
  ): ReadonlyMap<string, Readonly<Directions>> {
    const now = new Map([...this.#ended].map(([server, bytes]) => [server, { ...bytes }]))
    for (const { server, bytesIn, bytesOut, receivedHeader } of live) {
      if (server !== undefined)
        add(now, labelOf(server), Math.max(0, bytesIn - (receivedHeader?.headerBytes ?? 0)), bytesOut)
    }
    for (const [server, before] of this.#shown) {
      const bytes = now.get(server) ?? { in: 0, out: 0 }
      now.set(server, { in: Math.max(bytes.in, before.in), out: Math.max(bytes.out, before.out) })
    }
    for (const [server, bytes] of now) this.#shown.set(server, bytes)
    return now
  }
}

function add(totals: Map<string, Directions>, server: string, bytesIn: number, bytesOut: number): void {
  const bytes = totals.get(server)
  if (bytes === undefined) totals.set(server, { in: bytesIn, out: bytesOut })
  else {
    bytes.in += bytesIn
    bytes.out += bytesOut
  }
}
