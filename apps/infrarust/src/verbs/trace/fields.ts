import { type AccessRecord, endpointText, type LiveConnection, type TraceStep } from '@infrarust/core'
import { decode } from '@infrarust/proxy-protocol'
import * as v from 'valibot'
import { type DecodedJson, decodedJson } from '../../proxy-protocol/header-json.ts'
import { formatHex } from '../../proxy-protocol/hex.ts'
import { CONNECTION_RESULT, type ConnectionJson, connectionJson } from '../connection.ts'

/** A header in front of what came or is sent. */
const HEADER = v.object({
  /** At most the first 4 KiB; of a longer header, or one of more than 64 TLVs, these are left out of `decoded`. */
  hex: v.string(),
  decoded: v.unknown(),
})

/** One step of a connection that somebody follows. */
export const TRACE_FIELDS = {
  ...CONNECTION_RESULT.entries,
  at: v.string(),
  input: v.string(),
  /** The state before; `state` is the one after. */
  from: v.string(),
  decision: v.exactOptional(v.string()),
  received_header: v.exactOptional(HEADER),
  header_fault: v.exactOptional(v.string()),
  /** What came instead of a handshake. */
  detail: v.exactOptional(v.string()),
  /** In front of what a backend gets. */
  sent_header: v.exactOptional(HEADER),
  /** `address:port`, an IPv6 address in brackets, in the order in which they are dialled. */
  attempts: v.exactOptional(v.array(v.string())),
  failures: v.exactOptional(v.array(v.string())),
  reason: v.exactOptional(v.string()),
}

/** The same where it is made, before it is sent. */
export interface TraceFields extends ConnectionJson {
  readonly at: string
  readonly input: TraceStep['input']['kind']
  readonly from: LiveConnection['state']
  readonly decision?: NonNullable<TraceStep['decision']>['kind']
  readonly received_header?: HeaderBytes
  readonly header_fault?: string
  readonly detail?: string
  readonly sent_header?: HeaderBytes
  readonly attempts?: readonly string[]
  readonly failures?: readonly string[]
  readonly reason?: AccessRecord['reason']
}

export interface HeaderBytes {
  readonly hex: string
  readonly decoded: DecodedJson
}

/** @param now of the transport's clock */
export function traceFields(step: TraceStep, now: number): TraceFields {
  const { connection, input, from, decision, headerFault, detail, reason } = step
  const received = receivedHeader(step)
  const attempts = decision?.kind === 'relay' ? decision.attempts : []
  const sent = sentHeader(attempts[0]?.head)
  const failures = input.kind === 'dialled' || input.kind === 'dial-failed' ? input.failures : []
  return {
    ...connectionJson(counted(connection, input), now),
    at: new Date().toISOString(),
    input: input.kind,
    from,
    ...(decision !== undefined && { decision: decision.kind }),
    ...(received !== undefined && { received_header: received }),
    ...(headerFault !== undefined && { header_fault: headerFault }),
    ...(detail !== undefined && { detail }),
    ...(sent !== undefined && { sent_header: sent }),
    ...(attempts.length > 0 && {
      attempts: attempts.map(({ address, port }) => endpointText({ host: address, port })),
    }),
    ...(failures.length > 0 && { failures: failures.map(({ cause, message }) => `${cause} (${message})`) }),
    ...(reason !== undefined && { reason }),
  }
}

/** A connection that is over has no counters any more: its last input has what they came to. */
function counted(connection: LiveConnection, input: TraceStep['input']): LiveConnection {
  if (input.kind !== 'finished') return connection
  const bytesIn = Math.max(connection.bytesIn, input.bytesIn)
  return { ...connection, bytesIn, bytesOut: Math.max(connection.bytesOut, input.bytesOut) }
}

/** The bytes that were read as a header, or the first of those that could not be. */
function receivedHeader({ connection, input, from, headerFault }: TraceStep): HeaderBytes | undefined {
  if (input.kind !== 'bytes') return undefined
  const isComplete = from === 'proxy-header' && connection.receivedHeader !== undefined
  if (isComplete) return headerBytes(input.bytes.subarray(0, connection.receivedHeader?.headerBytes))
  return headerFault === undefined ? undefined : headerBytes(input.bytes.subarray(0, FAULTY_BYTES))
}

/** As many bytes of a faulty header as show what it is. */
const FAULTY_BYTES = 64

function sentHeader(head: Uint8Array | undefined): HeaderBytes | undefined {
  if (head === undefined) return undefined
  const decoded = decode(head)
  return decoded.kind === 'header' ? headerBytes(head.subarray(0, decoded.headerBytes)) : undefined
}

function headerBytes(bytes: Uint8Array): HeaderBytes {
  const hex = formatHex(bytes.subarray(0, SHOWN_BYTES))
  const decoded = decodedJson(decode(bytes))
  const isShort = bytes.length <= SHOWN_BYTES && (!decoded.ok || decoded.tlvs.length <= SHOWN_TLVS)
  return { hex, decoded: isShort || !decoded.ok ? decoded : { ...decoded, tlvs: [] } }
}

/** Of a header that is allowed to have 64 KiB; `headerLength` says how long it is. Nobody reads more of it as hex. */
const SHOWN_BYTES = 4_096
/** An empty TLV has three bytes in the header, and ten times as many as JSON. */
const SHOWN_TLVS = 64
