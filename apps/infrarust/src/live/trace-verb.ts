import type { TraceStep } from '@infrarust/core'
import type { ConnectionId } from '@infrarust/core/transport'
import type { Verb } from '../control/verb.ts'
import { textOption } from '../control/verbs/options.ts'
import { type ClientFilter, clientFilter } from './client-filter.ts'
import type { LiveProxy } from './live-proxy.ts'
import { type TraceJson, traceJson } from './trace-json.ts'

export type TraceLine =
  /** From here on steps are seen. */
  | { readonly kind: 'tracing'; readonly target: string }
  | ({ readonly kind: 'step' } & TraceJson)
  /** So many steps were left out: whoever looks on is slower than what happens. */
  | { readonly kind: 'missed'; readonly steps: number }

/** Steps that wait for a slow reader. */
const MAX_WAITING = 1_000

/**
 * Follows the connections of some clients until nobody looks on any more. Behind a load balancer a client is known when
 * its header has been read, so the first step that is shown may be that one.
 */
export function traceVerb({ gateway, transport }: LiveProxy): Verb {
  return {
    name: 'trace',
    async *run({ options, input, signal }) {
      // To its end, or it would not be noticed when whoever looks on goes away.
      for await (const _ of input);
      const filter = clientFilter(textOption(options, 'target') ?? '')
      const waiting = new Waiting(signal)
      const followed = new Set<ConnectionId>()
      const stop = gateway.trace((step) => {
        if (concerns(step, filter, followed)) waiting.add({ kind: 'step', ...traceJson(step, transport.now()) })
      })
      try {
        yield { kind: 'tracing', target: filter.text } satisfies TraceLine
        while (!signal.aborted) yield* await waiting.lines()
      } finally {
        stop()
      }
    },
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

/** Between a gateway that never waits and a reader that may be slow. */
class Waiting {
  readonly #signal: AbortSignal
  #lines: TraceLine[] = []
  #missed = 0
  #wake: (() => void) | undefined

  constructor(signal: AbortSignal) {
    this.#signal = signal
    signal.addEventListener('abort', () => this.#wake?.())
  }

  add(line: TraceLine): void {
    if (this.#lines.length >= MAX_WAITING) this.#missed++
    else this.#lines.push(line)
    this.#wake?.()
  }

  /** What has come, as soon as something has. */
  async lines(): Promise<readonly TraceLine[]> {
    if (this.#lines.length === 0 && !this.#signal.aborted)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    this.#wake = undefined
    const lines = this.#lines
    this.#lines = []
    const missed = this.#missed
    this.#missed = 0
    return missed === 0 ? lines : [...lines, { kind: 'missed', steps: missed }]
  }
}
