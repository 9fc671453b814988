import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { ask } from '../api/ask.ts'
import { useSession } from '../live/session.ts'
import { useAction } from '../live/use-action.ts'
import { type LogLine, useLog } from '../live/use-log.ts'
import { usePolled } from '../live/use-polled.ts'
import { shownText } from '../model/shown-text.ts'
import { READ_ONLY_ID } from '../parts/action-button.tsx'
import { Outcome } from '../parts/outcome.tsx'

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const

const ORDER: readonly string[] = LEVELS

/** Drawn at once; more of them nobody reads. */
const MAX_DRAWN = 500

/** The log as it is written: live, filtered, paused. */
export function Log() {
  const [isPaused, setPaused] = useState(false)
  const [filter, setFilter] = useState('')
  const [level, setLevel] = useState<(typeof LEVELS)[number]>('info')
  const { lines, waiting } = useLog(isPaused)
  const found = useMemo(() => {
    const word = filter.trim().toLowerCase()
    const least = ORDER.indexOf(level)
    return lines.filter(
      (line) =>
        ORDER.indexOf(line.level) >= least &&
        (word === '' || `${line.text} ${line.fields}`.toLowerCase().includes(word)),
    )
  }, [lines, filter, level])
  const box = useRef<HTMLElement>(null)
  useEffect(() => {
    // The box alone: the page around it stays where somebody has it.
    if (!isPaused) box.current?.scrollTo(0, box.current.scrollHeight)
  }, [found, isPaused])
  return (
    <>
      <div class="toolbar">
        <label>
          Filter <input type="search" value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />
        </label>
        <label>
          From level{' '}
          <select
            value={level}
            onChange={(event) => setLevel(LEVELS.find((each) => each === event.currentTarget.value) ?? 'info')}
          >
            {LEVELS.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        </label>
        <button type="button" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
          {isPaused ? `Go on${waiting > 0 ? ` (${waiting} new)` : ''}` : 'Pause'}
        </button>
        <WrittenLevel />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <section ref={box} class="lines log" tabIndex={0} aria-label="Log">
        {found.slice(-MAX_DRAWN).map((line) => (
          <Line key={line.key} line={line} />
        ))}
        {found.length === 0 && <p class="empty">Nothing was written lately, or nothing passes the filter.</p>}
      </section>
    </>
  )
}

function Line({ line: { time, level, text, fields } }: { readonly line: LogLine }) {
  return (
    <div class={`log-line level-${level}`}>
      <time>{new Date(time).toLocaleTimeString()}</time> <b>{shownText(level, 16)}</b>{' '}
      <bdi>{shownText(text, 2_000)}</bdi> {fields !== '' && <bdi class="dim">{shownText(fields, 1_000)}</bdi>}
    </div>
  )
}

/** What is written at all; it changes until the next start. */
function WrittenLevel() {
  const { data, again } = usePolled<{ readonly level: string }>('/log/level', 30_000)
  const [state, run] = useAction()
  const { isReadOnly } = useSession()
  const change = (level: string): Promise<void> =>
    run(async () => {
      await ask('/log/level', { method: 'PUT', body: { level } })
      again()
      return `the proxy writes ${level} and above, until its next start`
    })
  return (
    <>
      <label>
        The proxy writes{' '}
        <select
          value={data?.level ?? 'info'}
          disabled={isReadOnly}
          {...(isReadOnly && { 'aria-describedby': READ_ONLY_ID })}
          onChange={(event) => void change(event.currentTarget.value)}
        >
          {LEVELS.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      </label>
      <Outcome state={state} />
    </>
  )
}
