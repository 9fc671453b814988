import { useEffect, useState } from 'preact/hooks'
import type { TraceEvent } from '../api/answers.ts'
import { follow } from '../api/follow.ts'
import { shownText } from '../model/shown-text.ts'

interface TraceLinesProps {
  readonly id: number
  readonly client: string
}

/** Lines that stay; the oldest go. */
const MAX_LINES = 500

/** What happens with the connections of a client from now on, step by step: what `infrarust trace` prints. */
export function TraceLines({ id, client }: TraceLinesProps) {
  const [lines, setLines] = useState<readonly (readonly [key: number, text: string])[]>([])
  useEffect(() => {
    const gone = new AbortController()
    let count = 0
    const add = (text: string): void => {
      const key = count++
      setLines((before) => [...before.slice(1 - MAX_LINES), [key, text]])
    }
    const onEvent = (_: string, data: unknown): void => {
      const event = data as TraceEvent
      if (event.kind === 'tracing') add(`following ${event.target}`)
      else if (event.kind === 'missed') add(`${event.steps} steps are missing here`)
      else if (event.kind === 'step') add(`${event.at.slice(11, 23)} #${event.id} ${event.text}`)
    }
    void follow('/trace', { query: { target: client }, signal: gone.signal, onEvent })
    return () => gone.abort()
  }, [client])
  return (
    <>
      <p class="dim">
        Steps of every connection of <span class="mono">{shownText(client)}</span>; this one is #{id}. A session that
        stands has none until it ends: moving bytes is no step.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <section class="lines" tabIndex={0} aria-label="Steps">
        {lines.map(([key, text]) => (
          <div key={key}>
            <bdi>{shownText(text, 2_000)}</bdi>
          </div>
        ))}
      </section>
    </>
  )
}
