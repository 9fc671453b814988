import type { ManagerTimes, PowerState, ServerPhase } from '@infrarust/core/server-power'

/** Which phase of a server may follow which. */
export const EDGES: Readonly<Record<ServerPhase, readonly ServerPhase[]>> = {
  unknown: ['sleeping', 'starting', 'online', 'stopping', 'crashed'],
  sleeping: ['starting'],
  starting: ['sleeping', 'online', 'stopping', 'crashed'],
  online: ['sleeping', 'stopping', 'crashed'],
  stopping: ['sleeping', 'unknown'],
  crashed: ['starting', 'online', 'stopping'],
}

/** What a machine is told. */
export type MachineInput =
  | { readonly kind: 'tick' }
  /** How many want it to be up: players who wait, and those who were sent away to come back. */
  | { readonly kind: 'wanted'; readonly count: number }
  /** How many sessions there are, those that wait or are being dialled included. */
  | { readonly kind: 'sessions'; readonly count: number }
  /** It is its turn to start. */
  | { readonly kind: 'permitted' }
  | { readonly kind: 'operator'; readonly wants: 'start' | 'stop' }
  /** Something is not as it was: a player's dial has failed, or the source says that something has happened. */
  | { readonly kind: 'doubt' }
  /** Another power is asked from now on. Only to one for which `isReplaceable` holds. */
  | { readonly kind: 'replaced' }
  | ({ readonly epoch: number } & Answer)

/** What came of a question or an order. */
export type Answer =
  | { readonly kind: 'reading'; readonly state: PowerState; readonly why?: string | undefined }
  | { readonly kind: 'unreadable'; readonly message: string }
  | { readonly kind: 'ordered' }
  | { readonly kind: 'order-failed'; readonly message: string }
  /** `players`: undefined where its status has no number. */
  | { readonly kind: 'pinged'; readonly isUp: boolean; readonly players: number | undefined }

/** What is to be done, in the order of the list. */
export type MachineEffect =
  /** Another phase was entered. */
  | { readonly kind: 'entered'; readonly phase: ServerPhase; readonly from: ServerPhase; readonly why?: string }
  /** It waits for its turn to start; or does not any more. */
  | { readonly kind: 'queue' }
  | { readonly kind: 'leave-queue' }
  /** Nobody waits for it any more: its start has failed, or its operator wants it stopped. */
  | { readonly kind: 'dismiss'; readonly by: 'failure' | 'operator' }
  | { readonly kind: 'ask' }
  | { readonly kind: 'ping' }
  | { readonly kind: 'start' }
  | { readonly kind: 'stop' }

/** What an earlier proxy has written down before it did so. */
export interface WrittenOrder {
  readonly kind: 'start' | 'stop'
  readonly msAgo: number
}

/** What is different from one server to the other. */
export interface MachineSettings extends ManagerTimes {
  /** `ServerPower.staleMs`. */
  readonly staleMs: number
  /** `ServerPower.pollMs`. */
  readonly pollMs: number | undefined
}
