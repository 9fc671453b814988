import * as v from 'valibot'
import { BAN_RESULT, TARGET_FIELDS } from '../verbs/ban-fields.ts'
import type { Sent } from '../verbs/verb.ts'

/** When it happened. */
export const AT = { at: v.string() }

/** What is known of a connection when it is told of. */
const CONNECTION = {
  /** As `GET /connections` has it. */
  id: v.number(),
  listener: v.string(),
  client: v.string(),
  peer: v.string(),
  intent: v.exactOptional(v.string()),
  domain: v.exactOptional(v.string()),
  player: v.exactOptional(v.string()),
  server: v.exactOptional(v.string()),
  endpoint: v.exactOptional(v.string()),
}

/** The same of one that has ended. */
export const ENDED_FIELDS = {
  ...CONNECTION,
  reason: v.string(),
  bytes_in: v.number(),
  bytes_out: v.number(),
  duration_ms: v.number(),
}

/** Everything that can be told of; the kind is the name of the event. */
export const PROXY_EVENT = v.variant('kind', [
  v.object({ kind: v.literal('connection.opened'), ...AT, ...CONNECTION }),
  v.object({ kind: v.literal('connection.refused'), ...AT, ...ENDED_FIELDS }),
  v.object({ kind: v.literal('connection.closed'), ...AT, ...ENDED_FIELDS }),
  v.object({ kind: v.literal('player.join'), ...AT, ...CONNECTION }),
  /** `cause` is one of `client_quit`, `kicked`, `backend_closed`, `shutdown` and `error`. */
  v.object({ kind: v.literal('player.leave'), ...AT, ...ENDED_FIELDS, cause: v.string() }),
  /** A PROXY header where none is expected, none where one is, or one that is none. */
  v.object({ kind: v.literal('header.mismatch'), ...AT, ...CONNECTION, fault: v.string() }),
  v.object({
    kind: v.literal('server.state_change'),
    ...AT,
    server: v.string(),
    /** `online`, `starting` and so on; null where there is no such server. */
    before: v.nullable(v.string()),
    after: v.nullable(v.string()),
  }),
  v.object({
    kind: v.literal('config.reload'),
    ...AT,
    ok: v.boolean(),
    changes: v.array(v.string()),
    problems: v.array(v.string()),
  }),
  v.object({ kind: v.literal('ban.created'), ...AT, ...BAN_RESULT.entries }),
  v.object({ kind: v.literal('ban.removed'), ...AT, target: v.object(TARGET_FIELDS) }),
  v.object({
    kind: v.literal('stats.tick'),
    ...AT,
    connections: v.number(),
    sessions: v.number(),
    /** Since the last one, all connections together. */
    bytes_in: v.number(),
    bytes_out: v.number(),
    /** The longest that anything waited for the event loop since the last one. */
    event_loop_delay_ms: v.number(),
    memory_bytes: v.number(),
    uptime_seconds: v.number(),
  }),
])

export type ProxyEvent = Sent<typeof PROXY_EVENT>
