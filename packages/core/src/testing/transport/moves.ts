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
  text: string,
  options: { consumed?: number; maxBytes?: number } = {},
): Move {
  const { consumed = 0, maxBytes = 1024 } = options
  return {
    kind: 'respond',
    consumed,
    bytes: Buffer.from(text, 'latin1'),
    then: { kind: 'await', maxBytes, deadlineAt: at + LONG_MS },
  }
}

export function respondThenClose(bytes: string | Uint8Array, consumed = 0): Move {
  return {
    kind: 'respond',
    consumed,
    bytes: typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes,
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
  } = {},
): Move {
  const { consumed = 0, inMs = LONG_MS, replayLimitBytes = 65_536, idleMs = 0, halfClosedIdleMs = LONG_MS } = options
  return { kind: 'relay', consumed, attempts, deadlineAt: at + inMs, replayLimitBytes, idleMs, halfClosedIdleMs }
}
