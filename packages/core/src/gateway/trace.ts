import type { CutWithText } from '../connection/connection.ts'
import type { Reason } from '../connection/reason.ts'
import type { AccessRecord } from '../connection/record.ts'
import type { StateName } from '../connection/state.ts'
import type { Decision, Input } from '../transport/contract.ts'
import type { LiveConnection } from './live-connection.ts'

/** One input, and what it has made of a connection. Bytes in it are views: they are valid while the tracer runs. */
export interface TraceStep {
  /** After the input. */
  readonly connection: LiveConnection
  readonly input: Input | CutWithText
  /** The state before the input. */
  readonly from: StateName
  /** Undefined where the one before stands. */
  readonly decision: Decision | undefined
  /** What was wrong with the PROXY header, in the documented words. */
  readonly headerFault: string | undefined
  /** Why it ends, as soon as that is known. */
  readonly reason: Reason | undefined
  /** With the last input alone. */
  readonly record: AccessRecord | undefined
}

/** Looks on at every connection, so that one can be followed live. It must not throw, and not take its time. */
export type Tracer = (step: TraceStep) => void
