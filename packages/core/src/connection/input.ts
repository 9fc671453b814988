import type { Refusal } from '../policy/facts.ts'
import type { TransportInput } from '../transport/contract.ts'

/** What the logic of a connection is fed: what its transport tells, and what comes from outside. */
export type ConnectionInput = Exclude<TransportInput, { kind: 'accepted' }> | Accepted | Settled | Cut | Drain

/** It is there; where there is no room for it, with the reason. */
export type Accepted = Extract<TransportInput, { kind: 'accepted' }> & { readonly overCapacity?: Refusal }

/** A wait is over, whatever came of it: what was waited for is asked again. */
export interface Settled {
  readonly kind: 'settled'
  readonly at: number
  /** The number of the wait. */
  readonly wait: number
}

/** In any state: end this connection for this reason (a ban, a kick, eviction). */
export interface Cut extends Refusal {
  readonly kind: 'cut'
  readonly at: number
  /** `reset`: without a text, at once, over no edge of the table. */
  readonly how: 'in-order' | 'reset'
}

/** In any state: the proxy is going down. */
export interface Drain {
  readonly kind: 'drain'
  readonly at: number
}

/** What a step is fed: an input, or `entered` right after another step went on to its state. */
export type StepInput = Exclude<ConnectionInput, { kind: 'accepted' | 'cut' | 'drain' | 'finished' }> | Entered

interface Entered {
  readonly kind: 'entered'
}

export const INPUT_KINDS: readonly ConnectionInput['kind'][] = [
  'accepted',
  'bytes',
  'ended',
  'server-bytes',
  'server-ended',
  'settled',
  'dialled',
  'dial-failed',
  'overrun',
  'deadline',
  'cut',
  'drain',
  'finished',
]

/** The place of a kind in `INPUT_KINDS`. */
export function inputNumber(kind: ConnectionInput['kind']): number {
  switch (kind) {
    case 'accepted':
      return 0
    case 'bytes':
      return 1
    case 'ended':
      return 2
    case 'server-bytes':
      return 3
    case 'server-ended':
      return 4
    case 'settled':
      return 5
    case 'dialled':
      return 6
    case 'dial-failed':
      return 7
    case 'overrun':
      return 8
    case 'deadline':
      return 9
    case 'cut':
      return 10
    case 'drain':
      return 11
    case 'finished':
      return 12
  }
}
