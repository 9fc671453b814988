import { Buffer } from 'node:buffer'
import { isIP } from 'node:net'
import { isUnixName, unixPath } from '../../addresses/unix-name.ts'
import type { Attempt, AttemptFailure, Relay } from '../contract.ts'
import { type DialEnd, dialFailure } from '../dial-failure.ts'
import { type BackendOwner, BackendSocket } from './backend-socket.ts'
import type { ConnectionHost } from './connection-host.ts'
import type { Intake } from './intake.ts'
import type { UnreadBytes } from './unread-bytes.ts'

/** What becomes of a dial. `stands` or `failed` is called once, and nothing after `abandon`. */
export interface DialOutcome {
  /** An attempt begins, and `connectDueAt` is its own. */
  attempting(): void
  /** An attempt stands: the backend's first bytes are here. @returns whether to go on reading from it */
  stands(standing: Standing, firstBytes: Buffer): boolean
  failed(failures: readonly AttemptFailure[]): void
}

/** The attempt that stands. */
export interface Standing {
  readonly attempt: number
  readonly connectMs: number
  readonly failures: readonly AttemptFailure[]
  readonly backend: BackendSocket
  /** How many of the client's unread bytes the backend has got. */
  readonly sentBytes: number
}

/**
 * Tries the attempts of a `relay` in their order until one stands: not when it connects, but with its first byte,
 * because port forwarders accept for backends that are dead.
 */
export class Dial implements BackendOwner {
  readonly relay: Relay
  readonly #host: ConnectionHost
  readonly #unread: UnreadBytes
  readonly #outcome: DialOutcome
  readonly #failures: AttemptFailure[] = []
  #attempt = -1
  #backend: BackendSocket | undefined
  #startedAt = 0
  #connectedAt: number | undefined
  #sentBytes = 0
  #hasClientEnded: boolean
  #isAbandoned = false

  /** @param intake what the client sent behind the head; stays whole until an attempt stands, to be sent again */
  constructor(host: ConnectionHost, relay: Relay, intake: Intake, outcome: DialOutcome) {
    this.relay = relay
    this.#host = host
    this.#unread = intake.unread
    this.#hasClientEnded = intake.hasEnded && !relay.parley
    this.#outcome = outcome
  }

  /** When the attempt under way must have connected; `Infinity` once it has. */
  get connectDueAt(): number {
    const attempt = this.relay.attempts[this.#attempt]
    if (attempt === undefined || this.#connectedAt !== undefined) return Number.POSITIVE_INFINITY
    return this.#startedAt + attempt.connectTimeoutMs
  }

  /** Begins. No outcome is told before the caller has returned. */
  start(): void {
    if (this.relay.attempts.length > 0) this.#next()
    else queueMicrotask(() => this.#next())
  }

  /** The client sent more: it stands behind what was unread before. */
  clientSent(): void {
    if (this.#connectedAt !== undefined) this.#sendUnread()
  }

  clientEnded(): void {
    if (this.relay.parley) return
    this.#hasClientEnded = true
    if (this.#connectedAt !== undefined) this.#backend?.end()
  }

  connectTimedOut(): void {
    const attempt = this.relay.attempts[this.#attempt]
    this.#drop()
    this.#fails({ kind: 'connect-timeout', afterMs: attempt?.connectTimeoutMs ?? 0 })
  }

  abandon(): void {
    this.#drop()
    this.#isAbandoned = true
  }

  connected(): void {
    const attempt = this.relay.attempts[this.#attempt]
    if (attempt === undefined || this.#backend === undefined) return
    this.#connectedAt = this.#host.now()
    this.#sentBytes = this.#sendable
    const behind = this.#unread.view(0, this.#sentBytes)
    // One write, one segment: a backend that decides by its first read sees the header and the handshake together.
    const first = behind.length === 0 ? attempt.head : Buffer.concat([attempt.head, behind])
    if (first.length > 0) this.#backend.write(first)
    if (this.#hasClientEnded) this.#backend.end()
  }

  received(bytes: Buffer): boolean {
    const backend = this.#backend
    if (backend === undefined) return false
    const connectMs = (this.#connectedAt ?? this.#startedAt) - this.#startedAt
    return this.#outcome.stands(
      { attempt: this.#attempt, connectMs, failures: this.#failures, backend, sentBytes: this.#sentBytes },
      bytes,
    )
  }

  isHoldingBytes(): boolean {
    return true
  }

  ended(): void {
    this.#drop()
    this.#fails({ kind: 'fin' })
  }

  drained(): void {}

  failed(code: string): void {
    const isConnected = this.#connectedAt !== undefined
    this.#drop()
    this.#fails({ kind: 'system-error', code, isConnected })
  }

  closed(): void {}

  #next(): void {
    if (this.#isAbandoned) return
    this.#attempt++
    this.#connectedAt = undefined
    this.#sentBytes = 0
    const attempt = this.relay.attempts[this.#attempt]
    if (attempt === undefined) {
      this.#outcome.failed(this.#failures)
      return
    }
    this.#startedAt = this.#host.now()
    this.#outcome.attempting()
    // A name would be looked up here, in `libuv`'s pool; names are resolved before.
    if (!isDiallable(attempt)) {
      this.#fails({ kind: 'not-an-address' })
      return
    }
    this.#backend = new BackendSocket(attempt, this.#host.buffers, this)
  }

  get #sendable(): number {
    // What the client says before a parley is for the logic.
    return this.relay.parley ? 0 : Math.min(this.#unread.length, this.relay.replayLimitBytes)
  }

  #sendUnread(): void {
    const sendable = this.#sendable
    if (sendable <= this.#sentBytes) return
    this.#backend?.write(this.#unread.view(this.#sentBytes, sendable))
    this.#sentBytes = sendable
  }

  /** Its late events must not reach this dial, which is at its next attempt by then. */
  #drop(): void {
    const backend = this.#backend
    if (backend === undefined) return
    this.#backend = undefined
    backend.owner = NOBODY
    backend.destroy()
  }

  #fails(end: DialEnd): void {
    this.#failures.push(dialFailure(this.#attempt, end))
    queueMicrotask(() => this.#next())
  }
}

/** Owns a socket that was destroyed and waits for its last events. */
export const NOBODY: BackendOwner = {
  connected() {},
  received: () => false,
  isHoldingBytes: () => false,
  ended() {},
  drained() {},
  failed() {},
  closed() {},
}

function isDiallable({ address, port }: Attempt): boolean {
  if (port === undefined) return isUnixName(address) && unixPath(address) !== ''
  return isIP(address) !== 0 && Number.isInteger(port) && port >= 0 && port <= 0xffff
}
