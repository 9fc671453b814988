import * as v from 'valibot'
import { EVENT_KINDS, type EventKind, PROXY_EVENT } from '../../events/proxy-event.ts'
import { Waiting } from '../../events/waiting.ts'
import type { LiveProxy } from '../live-proxy.ts'
import { type Sent, streamVerb } from '../verb.ts'
import { VerbError } from '../verb-error.ts'

const event = v.variant('kind', [
  ...PROXY_EVENT.options,
  /** From here on events are seen. */
  v.object({ kind: v.literal('listening'), types: v.array(v.string()) }),
  /** What the named sessions have moved so far. */
  v.object({
    kind: v.literal('session.bytes'),
    at: v.string(),
    sessions: v.array(v.object({ id: v.number(), bytes_in: v.number(), bytes_out: v.number() })),
  }),
  /** So many events were left out: whoever reads is slower than what happens. */
  v.object({ kind: v.literal('missed'), events: v.number() }),
])

type Told = Sent<typeof event>

/** Events that wait for a slow reader. */
const MAX_WAITING = 1_000
const MAX_SESSIONS = 200
const BYTES_MS = 1_000

/** What happens from now on, until nobody looks on any more. */
export const verb = streamVerb({
  name: 'events',
  method: 'GET',
  path: '/events',
  summary: 'What happens from now on.',
  request: v.strictObject({
    types: v.optional(
      v.pipe(v.string(), v.description(`Only these, with commas between them: ${EVENT_KINDS.join(', ')}.`)),
    ),
    sessions: v.optional(
      v.pipe(
        v.string(),
        v.description(
          `Ids of connections, with commas between them, whose bytes are told every second; ${MAX_SESSIONS} at most.`,
        ),
      ),
    ),
  }),
  result: event,
  async *run({ events, gateway }: LiveProxy, { types, sessions }, { signal }): AsyncGenerator<Told, void> {
    const kinds = kindsOf(types)
    const ids = idsOf(sessions)
    const waiting = new Waiting<Told>(signal, MAX_WAITING)
    const end = events.subscribe({ kinds, take: (told) => waiting.add(told) })
    const timer = ids.size === 0 ? undefined : setInterval(() => waiting.add(bytesOf(gateway, ids)), BYTES_MS)
    try {
      yield { kind: 'listening', types: [...kinds] }
      while (!signal.aborted) {
        const { items, missed } = await waiting.next()
        yield* items
        if (missed > 0) yield { kind: 'missed', events: missed }
      }
    } finally {
      clearInterval(timer)
      end()
    }
  },
})

function kindsOf(types: string | undefined): ReadonlySet<EventKind> {
  if (types === undefined) return new Set(EVENT_KINDS)
  const kinds = types.split(',').map((written) => {
    const kind = EVENT_KINDS.find((each) => each === written.trim())
    if (kind === undefined)
      throw new VerbError('bad_request', `types: "${written}" is none of ${EVENT_KINDS.join(', ')}`)
    return kind
  })
  return new Set(kinds)
}

function idsOf(sessions: string | undefined): ReadonlySet<number> {
  const ids = new Set(
    sessions?.split(',').map((written) => Number(/^\s*\d{1,15}\s*$/.test(written) ? written : Number.NaN)),
  )
  if (ids.has(Number.NaN))
    throw new VerbError('bad_request', 'sessions: write ids of connections, with commas between them')
  if (ids.size > MAX_SESSIONS) throw new VerbError('bad_request', `sessions: ${MAX_SESSIONS} ids at most`)
  return ids
}

function bytesOf(gateway: LiveProxy['gateway'], ids: ReadonlySet<number>): Told {
  const sessions = gateway
    .live()
    .filter(({ number }) => ids.has(number))
    .map(({ number, bytesIn, bytesOut }) => ({ id: number, bytes_in: bytesIn, bytes_out: bytesOut }))
  return { kind: 'session.bytes', at: new Date().toISOString(), sessions }
}
