import type { TraceStep } from '@infrarust/core'
import { type TraceFields, traceFields } from './fields.ts'
import { traceText } from './sentence.ts'

/** One step of a connection that somebody follows; printed as it is by `trace --json`. */
export interface TraceJson extends TraceFields {
  /** All of it as a sentence. */
  readonly text: string
}

/** @param now of the transport's clock */
export function traceJson(step: TraceStep, now: number): TraceJson {
  const fields = traceFields(step, now)
  return { ...fields, text: traceText(step, fields) }
}
