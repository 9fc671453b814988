import type { TraceStep } from '@infrarust/core'
import type { ConnectionId } from '@infrarust/core/transport'
import * as v from 'valibot'
import { Waiting } from '../../events/waiting.ts'
import { type ClientFilter, clientFilter } from '../client-filter.ts'
import type { LiveProxy } from '../live-proxy.ts'
import { type Sent, streamVerb } from '../verb.ts'
import { TRACE_FIELDS } from './fields.ts'
import { traceJson } from './step.ts'

const event = v.variant('kind', [
  /** From here on steps are seen. */
  v.object({ kind: v.literal('tracing'), target: v.string() }),
  /** `text` is all of it as a sentence. */
  v.object({ kind: v.literal('step'), ...TRACE_FIELDS, text: v.string() }),
  /** So many steps were left out: whoever looks on is slower than what happens. */
  v.object({ kind: v.literal('missed'), steps: v.number() }),
])

export type TraceEvent = Sent<typeof event>

/** Steps that wait for a slow reader. */
const MAX_WAITING = 1_000

/**
 * Follows the connections of some clients until nobody looks on any more. Behind a load balancer a client is known when
 * its header has been read, so the first step that is shown may be that one.
 */
export const verb = streamVerb({
  name: 'trace',
  method: 'GET',
  path: '/trace',
  summary: 'Follow the connections of a client, step by step.',
  request: v.strictObject({ target: v.pipe(v.string(), v.description('An address or a network.')) }),
  result: event,
  // What is no client is refused before there is a stream.
  run: (proxy: LiveProxy, { target }, { signal }) => stepsOf(proxy, clientFilter(target), signal),
})

async function* stepsOf(
  { gateway, transport }: LiveProxy,
  filter: ClientFilter,
  signal: AbortSignal,
): AsyncGenerator<TraceEvent, void> {
  const waiting = new Waiting<TraceEvent>(signal, MAX_WAITING)
  const followed = new Set<ConnectionId>()
  const stop = gateway.trace((step) => {
    if (concerns(step, filter, followed)) waiting.add({ kind: 'step', ...traceJson(step, transport.now()) })
  })
  try {
    yield { kind: 'tracing', target: filter.text }
    while (!signal.aborted) {
      const { items, missed } = await waiting.next()
      yield* items
      if (missed > 0) yield { kind: 'missed', steps: missed }
    }
  } finally {
    stop()
  }
}

/** Once it is one of theirs it stays one; peer and client alike, so that a load balancer can be followed too. */
function concerns({ connection, input }: TraceStep, filter: ClientFilter, followed: Set<ConnectionId>): boolean {
  const { id, client, peer } = connection
  const isTheirs = followed.has(id) || filter.matches(client.address) || filter.matches(peer.address)
  if (input.kind === 'finished') followed.delete(id)
  else if (isTheirs) followed.add(id)
  return isTheirs
}
