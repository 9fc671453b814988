import * as v from 'valibot'
import { Waiting } from '../../events/waiting.ts'
import type { LiveProxy } from '../live-proxy.ts'
import { LOG_FIELDS, LOG_LINE, wantedLine } from '../log-lines.ts'
import { type Sent, streamVerb } from '../verb.ts'

const event = v.variant('kind', [
  /** What is written from now on is told. */
  v.object({ kind: v.literal('listening') }),
  v.object({ kind: v.literal('line'), line: LOG_LINE }),
  /** So many lines were left out: whoever reads is slower than they come. */
  v.object({ kind: v.literal('missed'), lines: v.number() }),
])

/** Lines that wait for a slow reader. */
const MAX_WAITING = 1_000

/** The log from now on, until nobody looks on any more. */
export const verb = streamVerb({
  name: 'logs',
  method: 'GET',
  path: '/logs',
  summary: 'The lines of the log from now on.',
  request: v.strictObject(LOG_FIELDS),
  result: event,
  async *run({ recentLog }: LiveProxy, wanted, { signal }): AsyncGenerator<Sent<typeof event>, void> {
    const waiting = new Waiting<string>(signal, MAX_WAITING)
    const end = recentLog.watch((line) => waiting.add(line))
    try {
      yield { kind: 'listening' }
      while (!signal.aborted) {
        const { items, missed } = await waiting.next()
        for (const json of items) {
          const line = wantedLine(json, wanted)
          if (line !== undefined) yield { kind: 'line', line }
        }
        if (missed > 0) yield { kind: 'missed', lines: missed }
      }
    } finally {
      end()
    }
  },
})
