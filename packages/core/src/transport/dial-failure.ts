import { formatDuration } from '../config/values/duration.ts'
import type { AttemptFailure } from './contract.ts'
import { isExhausted } from './exhausted.ts'

/** How an attempt to dial ended without a byte of the backend. */
export type DialEnd =
  /** A system call failed; `code` is the system's, such as `ECONNREFUSED`. */
  | { readonly kind: 'system-error'; readonly code: string; readonly isConnected: boolean }
  /** It connected, and the backend's FIN was the first to come. */
  | { readonly kind: 'fin' }
  | { readonly kind: 'connect-timeout'; readonly afterMs: number }
  /** What was to be dialled is no IP address with a port, and no Unix socket. */
  | { readonly kind: 'not-an-address' }

/** What an operator reads of it. Both transports ask here, so that one failure has one name on both. */
export function dialFailure(attempt: number, end: DialEnd): AttemptFailure {
  switch (end.kind) {
    case 'system-error':
      return { attempt, cause: causeOf(end.code, end.isConnected), message: end.code }
    case 'fin':
      return { attempt, cause: 'closed_early', message: 'closed before its first byte' }
    case 'connect-timeout':
      return { attempt, cause: 'timeout', message: `no connection after ${formatDuration(end.afterMs)}` }
    case 'not-an-address':
      return { attempt, cause: 'error', message: NOT_AN_ADDRESS }
  }
}

const NOT_AN_ADDRESS = 'what was to be dialled is no IP address with a port, and no Unix socket'

/** Of errors before the connect. Whatever else the system says is `error`. */
const CAUSES: ReadonlyMap<string, AttemptFailure['cause']> = new Map([
  ['ECONNREFUSED', 'refused'],
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['EHOSTDOWN', 'unreachable'],
  ['ENETDOWN', 'unreachable'],
  // Of Unix sockets: nothing has that name; and somebody listens, whose queue is full.
  ['ENOENT', 'unreachable'],
  ['ENOTDIR', 'unreachable'],
  ['EAGAIN', 'refused'],
  ['ETIMEDOUT', 'timeout'],
  // The kernel had the connection and lost it before we looked: a reset in answer to our SYN is ECONNREFUSED.
  ['ECONNRESET', 'closed_early'],
  ['EPIPE', 'closed_early'],
])

function causeOf(code: string, isConnected: boolean): AttemptFailure['cause'] {
  // Whenever it runs out, it is nothing that the backend did.
  if (isExhausted(code)) return 'exhausted'
  return isConnected ? 'closed_early' : (CAUSES.get(code) ?? 'error')
}
