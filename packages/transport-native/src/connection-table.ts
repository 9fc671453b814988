import type { ConnectionId } from '@infrarust/core/transport'
import { slotOf, threadOf } from './connection-id.ts'

/** What the logic has seen of one side. */
export interface SeenSide {
  /** Bytes that were shown and that a decision may still consume. */
  consumableBytes: number
  /** Bytes that were shown to the state that the logic is in. */
  shownBytes: number
  isEndTold: boolean
}

/** What JavaScript keeps of a connection; everything else is with its thread. Of the two sides it is the client. */
export interface NativeConnection extends SeenSide {
  readonly id: ConnectionId
  /** The decision in force. */
  seq: number
  phase: EntryPhase
}

export type EntryPhase =
  | { readonly kind: 'open'; readonly isCiphered: boolean }
  /** A relay stands, and the logic has the bytes of both sides. */
  | { readonly kind: 'parleying'; readonly isCiphered: boolean; readonly server: SeenSide }
  | { readonly kind: 'standing' }
  | { readonly kind: 'ending' }
  /** A fault of ours; what for the operator. */
  | { readonly kind: 'failed'; readonly message: string }

const OPEN: EntryPhase = { kind: 'open', isCiphered: false }
export const CIPHERED: EntryPhase = { kind: 'open', isCiphered: true }
export const STANDING: EntryPhase = { kind: 'standing' }
export const ENDING: EntryPhase = { kind: 'ending' }

/**
 * The connections by thread and slot: an id is too large a number for a `Map` to be quick with it, and one whose keys come
 * and go is copied again and again. `pnpm bench` has what that costs.
 */
export class ConnectionTable {
  readonly #threads: (NativeConnection | undefined)[][]
  #size = 0

  constructor(threads: number) {
    this.#threads = Array.from({ length: threads }, () => [])
  }

  get size(): number {
    return this.#size
  }

  add(id: ConnectionId): NativeConnection {
    const entry: NativeConnection = { id, seq: 0, consumableBytes: 0, shownBytes: 0, isEndTold: false, phase: OPEN }
    const slots = this.#threads[threadOf(id)]
    if (slots === undefined) throw new RangeError(`connection ${id} is of no thread`)
    slots[slotOf(id)] = entry
    this.#size++
    return entry
  }

  get(id: ConnectionId): NativeConnection | undefined {
    const entry = this.#threads[threadOf(id)]?.[slotOf(id)]
    return entry?.id === id ? entry : undefined
  }

  delete(id: ConnectionId): void {
    const slots = this.#threads[threadOf(id)]
    if (slots?.[slotOf(id)]?.id !== id) return
    slots[slotOf(id)] = undefined
    this.#size--
  }

  *[Symbol.iterator](): Iterator<NativeConnection> {
    for (const slots of this.#threads) for (const entry of slots) if (entry !== undefined) yield entry
  }
}
