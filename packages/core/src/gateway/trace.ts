import type { ConnectionInput } from '../connection/input.ts'
import type { StateName } from '../connection/state.ts'
import type { AccessRecord } from '../record/access-record.ts'
import type { Reason } from '../record/reasons.ts'
import type { Decision } from '../transport/contract.ts'
import type { LiveConnection } from './live-connection.ts'

/** One input, and what it has made of a connection. Bytes in it are views: they are valid while the tracer runs. */
export interface TraceStep {
  /** After the input. */
  readonly connection: LiveConnection
  readonly input: ConnectionInput
  /** The state before the input. */
  readonly from: StateName
  /** The states that it has led through, in order; empty where it has stayed. */
  readonly visited: readonly StateName[]
  /** Undefined where the one before stands. */
  readonly decision: Decision | undefined
  /** What was wrong with the PROXY header, in the documented words. */
  readonly headerFault: string | undefined
  /** What came that could not be taken. */
  readonly detail: string | undefined
  /** Why it ends, as soon as that is known. */
  readonly reason: Reason | undefined
  /** With the last input alone. */
  readonly record: AccessRecord | undefined
}

/** Looks on at every connection, so that one can be followed live. It must not throw, and not take its time. */
export type Tracer = (step: TraceStep) => void
