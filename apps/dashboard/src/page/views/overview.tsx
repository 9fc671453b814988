import type { Status } from '../api/answers.ts'
import { useAttention } from '../live/use-attention.ts'
import { useHistory } from '../live/use-history.ts'
import { usePolled } from '../live/use-polled.ts'
import { shownText } from '../model/shown-text.ts'
import { durationText, rateText } from '../model/units.ts'
import { Chart } from '../parts/chart.tsx'
import { Figure } from '../parts/figure.tsx'
import { Problem } from '../parts/problem.tsx'
import { StateMark } from '../parts/state-mark.tsx'

const EVERY_MS = 5_000

/** What needs somebody on top, then how the last hour was. */
export function Overview() {
  const { data: status, error } = usePolled<Status>('/status', EVERY_MS)
  const attention = useAttention()
  const history = useHistory()
  const last = history?.times.length === undefined ? -1 : history.times.length - 1
  const latest = (values: readonly number[] | undefined): number => values?.[last] ?? 0
  const down = new Set(attention?.flatMap(({ server }) => server ?? []))
  const up = status?.servers.filter(({ id, state, power }) => (power ?? state) === 'online' && !down.has(id)).length
  return (
    <>
      <Problem error={status === undefined ? error : undefined} />
      <section aria-labelledby="attention">
        <h2 id="attention">Needs attention</h2>
        {attention === undefined ? (
          <p class="dim">asking…</p>
        ) : attention.length === 0 ? (
          <p>
            <StateMark mark="ok">Nothing. Every listener, provider and server is as it should be.</StateMark>
          </p>
        ) : (
          <ul class="faults">
            {attention.map(({ mark, word, text }) => (
              <li key={text}>
                <StateMark mark={mark}>{word}</StateMark> <span>{shownText(text, 1_000)}</span>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section class="figures" aria-label="Now">
        <Figure name="sessions" value={status?.sessions.toLocaleString('en')} />
        <Figure name="connections" value={status?.connections.toLocaleString('en')} />
        <Figure name="servers up" value={status && `${up} of ${status.servers.length}`} />
        <Figure name="logins a minute" value={history && latest(history.logins).toLocaleString('en')} />
        <Figure
          name="moved"
          value={history && rateText(latest(history.bytesInPerSecond) + latest(history.bytesOutPerSecond))}
        />
        <Figure name="running for" value={status && durationText(Date.now() - Date.parse(status.started_at))} />
      </section>
      {history !== undefined && (
        <section class="charts" aria-label="The last hour">
          <Chart
            title="Sessions"
            times={history.times}
            format={(value) => Math.round(value).toLocaleString('en')}
            series={[{ name: 'sessions', color: 0, values: history.sessions }]}
          />
          <Chart
            title="Logins a minute"
            times={history.times}
            format={(value) => Math.round(value).toLocaleString('en')}
            series={[{ name: 'logins', color: 1, values: history.logins }]}
          />
          <Chart
            title="Bytes"
            times={history.times}
            format={rateText}
            series={[
              { name: 'in', color: 0, values: history.bytesInPerSecond },
              { name: 'out', color: 2, values: history.bytesOutPerSecond },
            ]}
          />
          <Chart
            title="Refusals a minute"
            times={history.times}
            format={(value) => Math.round(value).toLocaleString('en')}
            series={history.refusals.map(({ reason, values }, color) => ({
              name: shownText(reason.replaceAll('_', ' '), 64),
              color,
              values,
            }))}
          />
          <Chart
            title="Delay of the event loop"
            times={history.times}
            format={(value) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`}
            series={[{ name: 'longest', color: 3, values: history.eventLoopDelayMs }]}
          />
        </section>
      )}
    </>
  )
}
