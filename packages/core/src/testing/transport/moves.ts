import { Buffer } from 'node:buffer'
import type { Attempt } from '../../entries/transport.ts'
import type { Move } from './scripted-handler.ts'

/** Longer than any test runs. */
const LONG_MS = 600_000

/** The suite's decisions with what a test does not care about filled in. Deadlines are `at` of the input plus `inMs`. */
export function awaitMore(at: number, options: { consumed?: number; maxBytes?: number; inMs?: number } = {}): Move {
  const { consumed = 0, maxBytes = 1024, inMs = LONG_MS } = options
  return { kind: 'await', consumed, maxBytes, deadlineAt: at + inMs }
}

export function hold(at: number, options: { consumed?: number; maxBytes?: number; inMs?: number } = {}): Move {
  const { consumed = 0, maxBytes = 1024, inMs = LONG_MS } = options
  return { kind: 'hold', consumed, maxBytes, deadlineAt: at + inMs }
}

export function respondThenAwait(
  at: number,
  bytes: string | Uint8Array,
  options: { consumed?: number; maxBytes?: number } = {},
): Move {
  const { consumed = 0, maxBytes = 1024 } = options
  return {
    kind: 'respond',
    consumed,
    bytes: bytesOf(bytes),
    then: { kind: 'await', maxBytes, deadlineAt: at + LONG_MS },
  }
}

export function respondThenClose(bytes: string | Uint8Array, consumed = 0): Move {
  return {
    kind: 'respond',
    consumed,
    bytes: bytesOf(bytes),
    then: { kind: 'close' },
  }
}

export const closeInOrder: Move = { kind: 'close', how: 'end' }
export const closeWithReset: Move = { kind: 'close', how: 'reset' }

/** @param to where a socket is, or what is none */
export function attempt(
  to: Pick<Attempt, 'address' | 'port'>,
  head: string,
  connectTimeoutMs: number = LONG_MS,
): Attempt {
  return { ...to, head: Buffer.from(head, 'latin1'), connectTimeoutMs }
}

export function relay(
  at: number,
  attempts: readonly Attempt[],
  options: {
    consumed?: number
    inMs?: number
    replayLimitBytes?: number
    idleMs?: number
    halfClosedIdleMs?: number
    parley?: true
  } = {},
): Move {
  const { consumed = 0, inMs = LONG_MS, replayLimitBytes = 65_536, idleMs = 0, halfClosedIdleMs = LONG_MS } = options
  const limits = { replayLimitBytes, idleMs, halfClosedIdleMs, ...(options.parley && { parley: options.parley }) }
  return { kind: 'relay', consumed, attempts, deadlineAt: at + inMs, ...limits }
}

export interface ParleyOptions {
  readonly consumed?: number
  readonly fromServer?: number
  readonly toClient?: string | Uint8Array
  readonly toServer?: string | Uint8Array
  readonly inMs?: number
  readonly maxBytes?: number
  readonly maxServerBytes?: number
}

export function parley(at: number, options: ParleyOptions = {}): Move {
  return parleyThen('parley', at, options)
}

/** The last decision of a parley: the relay stands. */
export function pump(at: number, options: ParleyOptions = {}): Move {
  return parleyThen('pump', at, options)
}

function parleyThen(then: 'parley' | 'pump', at: number, options: ParleyOptions): Move {
  const { consumed = 0, fromServer = 0, toClient = '', toServer = '', inMs = LONG_MS } = options
  const { maxBytes = 1024, maxServerBytes = 1024 } = options
  return {
    kind: 'parley',
    consumed,
    consumedFromServer: fromServer,
    toClient: bytesOf(toClient),
    toServer: bytesOf(toServer),
    deadlineAt: at + inMs,
    maxBytes,
    maxServerBytes,
    then,
  }
}

/** The same with a cipher. */
export function ciphered(move: Move, key: Uint8Array): Move {
  if (move.kind === 'relay' || move.kind === 'close') throw new TypeError(`no cipher goes with "${move.kind}"`)
  return { ...move, cipher: key }
}

function bytesOf(text: string | Uint8Array): Uint8Array {
  return typeof text === 'string' ? Buffer.from(text, 'latin1') : text
}
