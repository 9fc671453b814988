import { useMemo, useState } from 'preact/hooks'
import type { Provider, Status } from '../api/answers.ts'
import { ask } from '../api/ask.ts'
import { useAction } from '../live/use-action.ts'
import { usePolled } from '../live/use-polled.ts'
import { shownText } from '../model/shown-text.ts'
import { ActionButton } from '../parts/action-button.tsx'
import { Outcome } from '../parts/outcome.tsx'
import { Problem } from '../parts/problem.tsx'
import { Said } from '../parts/said.tsx'
import { StateMark } from '../parts/state-mark.tsx'
import { TableBox } from '../parts/table-box.tsx'

interface KeyInForce {
  readonly key: string
  readonly value: unknown
  readonly withheld: boolean
  /** What an absent key means, where no value says it. */
  readonly meaning: string | null
  readonly from: string
  /** `infrarust.toml:1:1`; null for a default. */
  readonly place: string | null
}

/** Of `/config`. */
interface Configuration {
  readonly path: string
  readonly keys: readonly KeyInForce[]
  readonly need_restart: readonly { readonly key: string; readonly in_force: unknown; readonly written: unknown }[]
  readonly servers: readonly { readonly id: string; readonly source: string; readonly keys: readonly KeyInForce[] }[]
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
}

interface Reload {
  readonly changes: readonly string[]
  readonly problems: readonly string[]
  readonly need_restart: readonly string[]
}

const EVERY_MS = 15_000

/** What is in force, where each value came from, and what is wrong. */
export function Config() {
  const { data, error, again } = usePolled<Configuration>('/config', EVERY_MS)
  const { data: status } = usePolled<Status>('/status', EVERY_MS)
  const { data: providers } = usePolled<readonly Provider[]>('/providers', EVERY_MS)
  const [filter, setFilter] = useState('')
  const [state, run] = useAction()
  const problems = [
    ...new Set([
      ...(data?.problems ?? []),
      ...(data?.warnings ?? []),
      ...(status?.problems ?? []),
      ...(providers ?? []).flatMap((each) => [...each.problems, ...each.conflicts]),
    ]),
  ]
  const reload = async (): Promise<string> => {
    const { changes, problems: wrong, need_restart } = await ask<Reload>('/config/reload', { method: 'POST', body: {} })
    again()
    return [
      ...(changes.length === 0 ? ['nothing changed'] : changes),
      ...wrong.map((each) => `wrong: ${each}`),
      ...need_restart.map((key) => `${key} changes with the next start`),
    ].join('; ')
  }
  return (
    <>
      <div class="toolbar">
        <ActionButton onClick={() => void run(reload)} disabled={state.kind === 'busy'}>
          Reload
        </ActionButton>
        <Outcome state={state} />
      </div>
      <section aria-labelledby="diagnostics">
        <h2 id="diagnostics">Diagnostics</h2>
        {problems.length === 0 ? (
          <p>
            <StateMark mark="ok">everything is in force as it is written</StateMark>
          </p>
        ) : (
          <ul class="faults">
            {problems.map((text) => (
              <li key={text}>
                <StateMark mark="bad">wrong</StateMark> <span>{shownText(text, 1_000)}</span>
              </li>
            ))}
          </ul>
        )}
      </section>
      {data !== undefined && data.need_restart.length > 0 && (
        <section aria-labelledby="need-restart">
          <h2 id="need-restart">Waits for the next start</h2>
          <ul class="faults">
            {data.need_restart.map(({ key, in_force, written }) => (
              <li key={key}>
                <StateMark mark="warn">restart</StateMark>{' '}
                <span>
                  <span class="mono">
                    <Said text={key} />
                  </span>{' '}
                  is {valueText(in_force)} until then, and {valueText(written)} is written
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section aria-labelledby="in-force">
        <h2 id="in-force">In force</h2>
        <Problem error={data === undefined ? error : undefined} />
        <div class="toolbar">
          <label>
            Filter <input type="search" value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />
          </label>
        </div>
        <Keys label="Keys" keys={data?.keys ?? []} filter={filter} />
        {data?.servers.map(({ id, source, keys }) => (
          <ServerKeys key={id} id={id} source={source} keys={keys} filter={filter} />
        ))}
      </section>
    </>
  )
}

interface ServerKeysProps {
  readonly id: string
  readonly source: string
  readonly keys: readonly KeyInForce[]
  readonly filter: string
}

/** Drawn when it is opened: three hundred servers have some ten thousand keys. */
function ServerKeys({ id, source, keys, filter }: ServerKeysProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        server <Said text={id} characters={64} /> <span class="dim">{shownText(source, 200)}</span>
      </summary>
      {isOpen && <Keys label={`Keys of the server ${shownText(id, 64)}`} keys={keys} filter={filter} />}
    </details>
  )
}

interface KeysProps {
  readonly label: string
  readonly keys: readonly KeyInForce[]
  readonly filter: string
}

/** Each key with its value and where that comes from. */
function Keys({ label, keys, filter }: KeysProps) {
  const found = useMemo(() => {
    const word = filter.trim().toLowerCase()
    return keys.filter(({ key, from, place }) => word === '' || `${key} ${from} ${place}`.toLowerCase().includes(word))
  }, [keys, filter])
  return (
    <TableBox label={label}>
      <table>
        <thead>
          <tr>
            <th scope="col">Key</th>
            <th scope="col">Value</th>
            <th scope="col">From</th>
          </tr>
        </thead>
        <tbody>
          {found.map(({ key, value, withheld, meaning, from, place }) => (
            <tr key={key}>
              <td class="mono">
                <Said text={key} />
              </td>
              <td class="mono">
                {withheld ? (
                  <span class="dim">withheld</span>
                ) : value === null ? (
                  <span class="dim">{shownText(meaning ?? 'none')}</span>
                ) : (
                  <Said text={typeof value === 'string' ? value : JSON.stringify(value)} characters={400} />
                )}
              </td>
              <td>
                <Said text={place ?? from} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  )
}

/** A value within a sentence. */
function valueText(value: unknown): string {
  return value === null ? 'nothing that is shown' : shownText(JSON.stringify(value), 200)
}
