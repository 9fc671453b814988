import type { Buffer } from 'node:buffer'
import type { End, Relay, TransportInput } from '../contract.ts'
import type { BackendOwner, BackendSocket } from './backend-socket.ts'
import { Intake } from './intake.ts'

/** What a parley tells its connection. */
export interface ParleyEvents {
  /** The backend has sent something, has ended, or has taken what was queued for it. */
  parleyGoesOn(): void
  /** One side has ended, and this was the first end. */
  endedBy(end: End): void
  backendClosed(): void
}

/** The backend's side while the logic has the bytes of both: what it sent and nobody consumed yet. */
export class Parley implements BackendOwner {
  readonly backend: BackendSocket
  readonly relay: Relay
  readonly intake: Intake = new Intake()
  readonly #events: ParleyEvents
  #wasReset = false

  constructor(backend: BackendSocket, relay: Relay, events: ParleyEvents) {
    this.backend = backend
    this.relay = relay
    this.#events = events
  }

  /** Nobody is there any more to take or send anything. */
  get wasReset(): boolean {
    return this.#wasReset
  }

  /** The next input that is due, and taken as told; undefined where there is none. */
  next(maxBytes: number, at: number, decision: number): TransportInput | undefined {
    const input = this.intake.next({ kind: 'bytes', maxBytes }, at, decision)
    switch (input?.kind) {
      case 'bytes':
        return { kind: 'server-bytes', at, bytes: input.bytes }
      case 'ended':
        return { kind: 'server-ended', at, how: this.#wasReset ? 'reset' : 'fin' }
      default:
        return undefined
    }
  }

  /** Whether some of what was queued for the backend still waits. */
  get isAhead(): boolean {
    return !this.#wasReset && this.backend.isHoldingBytes
  }

  write(bytes: Uint8Array): void {
    if (bytes.length > 0 && !this.#wasReset) this.backend.write(bytes)
  }

  setReading(isWanted: boolean): void {
    if (isWanted) this.backend.resume()
    else this.backend.pause()
  }

  connected(): void {}

  received(bytes: Buffer): boolean {
    this.intake.append(bytes)
    this.#events.parleyGoesOn()
    // Whether to read on was seen to by now.
    return true
  }

  isHoldingBytes(): boolean {
    return true
  }

  ended(): void {
    this.#end('fin')
  }

  drained(): void {
    this.#events.parleyGoesOn()
  }

  failed(_code: string): void {
    this.#wasReset = true
    this.#end('reset')
  }

  closed(): void {
    this.#events.backendClosed()
  }

  #end(how: 'fin' | 'reset'): void {
    this.intake.hasEnded = true
    this.#events.endedBy({ by: 'server', how })
    this.#events.parleyGoesOn()
  }
}
