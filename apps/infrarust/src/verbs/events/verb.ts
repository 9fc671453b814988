import * as v from 'valibot'
import { EVENT_KINDS, type EventKind } from '../../events/event-kinds.ts'
import { PROXY_EVENT } from '../../events/proxy-event.ts'
import { Waiting } from '../../events/waiting.ts'
import type { LiveProxy } from '../live-proxy.ts'
import { type Sent, streamVerb } from '../verb.ts'

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
      v.pipe(
        v.string(),
        v.check(areKinds, `write some of ${EVENT_KINDS.join(', ')}`),
        v.description(`Only these, with commas between them: ${EVENT_KINDS.join(', ')}.`),
      ),
    ),
    sessions: v.optional(
      v.pipe(
        v.string(),
        v.check(areIds, 'write ids of connections, with commas between them'),
        v.check((sessions) => idsOf(sessions).size <= MAX_SESSIONS, `${MAX_SESSIONS} ids at most`),
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
  const wanted = types?.split(',').map((written) => written.trim())
  return new Set(EVENT_KINDS.filter((kind) => wanted === undefined || wanted.includes(kind)))
}

function areKinds(types: string): boolean {
  return types.split(',').every((written) => EVENT_KINDS.some((kind) => kind === written.trim()))
}

function idsOf(sessions: string | undefined): ReadonlySet<number> {
  return new Set(sessions?.split(',').map(Number))
}

function areIds(sessions: string): boolean {
  return sessions.split(',').every((written) => /^\s*\d{1,15}\s*$/.test(written))
}

function bytesOf(gateway: LiveProxy['gateway'], ids: ReadonlySet<number>): Told {
  const sessions = gateway
    .live()
    .filter(({ number }) => ids.has(number))
    .map(({ number, bytesIn, bytesOut }) => ({ id: number, bytes_in: bytesIn, bytes_out: bytesOut }))
  return { kind: 'session.bytes', at: new Date().toISOString(), sessions }
}
