import type { Dial } from './dial.ts'
import type { Wanted } from './intake.ts'
import type { Parley } from './parley.ts'
import type { Pump } from './pump.ts'

/** What is being done for the client, as the decision in force has it. */
export type Phase =
  /** Nothing was decided yet, and nothing is read. */
  | { readonly kind: 'undecided' }
  | { readonly kind: 'collecting'; readonly maxBytes: number }
  | { readonly kind: 'holding'; readonly maxBytes: number }
  | { readonly kind: 'dialling'; readonly dial: Dial }
  /** No attempt stood; what the client does is still noticed. */
  | { readonly kind: 'failed'; readonly maxBytes: number }
  /** An attempt stands, and the logic has the bytes of both sides; without bounds until it decides for the first time. */
  | { readonly kind: 'parleying'; readonly parley: Parley; readonly bounds: ParleyBounds | undefined }
  | { readonly kind: 'relaying'; readonly pump: Pump }
  /** Our end is sent or being sent; what comes is discarded. */
  | { readonly kind: 'lingering'; readonly untilBytesRead: number }
  /** Destroyed; `finished` comes when the descriptors are closed. */
  | { readonly kind: 'destroyed' }

/** How many unconsumed bytes of each side are read. */
export interface ParleyBounds {
  readonly maxBytes: number
  readonly maxServerBytes: number
}

/** What is told of the client in this phase; undefined: nothing. */
export function wantedIn(phase: Phase): Wanted | undefined {
  switch (phase.kind) {
    case 'collecting':
      return { kind: 'bytes', maxBytes: phase.maxBytes }
    case 'holding':
      return { kind: 'overrun', maxBytes: phase.maxBytes }
    case 'dialling':
    case 'failed':
      return { kind: 'end' }
    case 'parleying':
      return phase.bounds && { kind: 'bytes', maxBytes: phase.bounds.maxBytes }
    case 'undecided':
    case 'relaying':
    case 'lingering':
    case 'destroyed':
      return undefined
  }
}

/** Whether to read on from the client with so many bytes unread; undefined where the phase itself sees to that. */
export function readsIn(phase: Phase, unreadBytes: number): boolean | undefined {
  switch (phase.kind) {
    case 'undecided':
      return false
    case 'collecting':
      return unreadBytes < phase.maxBytes
    // One byte more than allowed must be read to know that there is one.
    case 'holding':
    case 'failed':
      return unreadBytes <= phase.maxBytes
    case 'dialling':
      return unreadBytes < phase.dial.relay.replayLimitBytes
    case 'parleying':
      return phase.bounds !== undefined && unreadBytes < phase.bounds.maxBytes && !phase.parley.isAhead
    case 'relaying':
    case 'lingering':
    case 'destroyed':
      return undefined
  }
}

/** The same for the backend of a parley, with so many bytes that the client has not taken. */
export function readsBackendIn({ parley, bounds }: Parleying, waitingForClient: number): boolean {
  return bounds !== undefined && parley.intake.unread.length < bounds.maxServerBytes && waitingForClient === 0
}

type Parleying = Extract<Phase, { kind: 'parleying' }>
