import type { ConnectionSettings } from './context.ts'
import { type Arrived, isPing, type Joining, type Routed } from './facts.ts'

/**
 * All clocks of a connection. Each gives the moment, in monotonic milliseconds, at which it has run out; it is set once
 * when its state is entered, and no byte that completes nothing restarts it. The transport has clocks of its own only for
 * what it does alone: unread answers, the linger after a close, a relay that moves no byte (`transport/contract.ts`).
 */

/** Nobody waits longer than this for a provider's first list. */
export const FIRST_LIST_MS = 5_000
/** Nor than this for the first answer about a name. */
export const FIRST_ADDRESS_MS = 2_000
/**
 * How long a refused client is listened to for the sake of the answer. With the second that closing in order may take, a
 * refusal lives two seconds at most.
 */
const REFUSAL_READ_MS = 1_000

/** How long a client may take to answer an Encryption Request. */
const ENCRYPTION_MS = 15_000

/** The PROXY header: from the accept. */
export function headerDue({ listener, acceptedAt, overCapacity }: Arrived): number {
  const { timeoutMs } = listener.proxyProtocol
  return acceptedAt + (overCapacity === undefined ? timeoutMs : Math.min(timeoutMs, REFUSAL_READ_MS))
}

/** The handshake: from the end of the header, or from the accept where there was none. */
export function handshakeDue(
  { receivedHeader, acceptedAt }: Arrived,
  { timeouts }: ConnectionSettings,
  at: number,
): number {
  return (receivedHeader === undefined ? acceptedAt : at) + timeouts.handshakeMs
}

/** The handshake of a client that is turned away already. */
export function refusalDue(at: number): number {
  return at + REFUSAL_READ_MS
}

/** What follows the handshake: a status request or a Login Start. Where only a text is due, as long as for a refusal. */
export function requestDue({ destination }: Routed, { timeouts }: ConnectionSettings, at: number): number {
  const { loginStartMs } = timeouts
  return at + (destination.kind === 'nowhere' ? Math.min(loginStartMs, REFUSAL_READ_MS) : loginStartMs)
}

/**
 * One budget from the moment at which the client has said everything, over waits, names and all attempts: a vanilla client
 * gives up 30 seconds after the last byte that it got. It runs anew from each answer that the client is sent in a login.
 */
export function answerDue(
  { intent, destination }: Pick<Routed, 'intent' | 'destination'>,
  { timeouts }: ConnectionSettings,
  at: number,
): number {
  if (isPing(intent)) return at + timeouts.statusMs
  const ofServer = 'server' in destination ? destination.server?.timeouts.loginAnswerMs : undefined
  return at + (ofServer ?? timeouts.loginAnswerMs)
}

/**
 * The answer to an Encryption Request: the client asks its session server meanwhile. The budget for the answer to the login
 * runs anew from the request, and bounds this too.
 */
export function encryptionDue({ answerDueAt }: Joining, at: number): number {
  return Math.min(at + ENCRYPTION_MS, answerDueAt)
}

/** The ping behind a status that was sent. */
export function pingDue(isBrief: boolean, { timeouts }: ConnectionSettings, at: number): number {
  return at + (isBrief ? REFUSAL_READ_MS : timeouts.statusMs)
}
