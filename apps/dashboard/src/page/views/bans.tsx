import { useMemo, useState } from 'preact/hooks'
import type { Ban } from '../api/answers.ts'
import { ask } from '../api/ask.ts'
import { useAction } from '../live/use-action.ts'
import { usePolled } from '../live/use-polled.ts'
import { shownText } from '../model/shown-text.ts'
import { countText, durationText, timeText } from '../model/units.ts'
import { ActionButton } from '../parts/action-button.tsx'
import { BanForm } from '../parts/ban-form.tsx'
import { LimitUse } from '../parts/limit-use.tsx'
import { Outcome } from '../parts/outcome.tsx'
import { Problem } from '../parts/problem.tsx'
import { Said } from '../parts/said.tsx'
import { TableBox } from '../parts/table-box.tsx'

const EVERY_MS = 10_000
/** What a table can have and be quick; the filter finds the others. */
const MAX_ROWS = 500

/** Who is kept out, and which limits are in force. */
export function Bans() {
  const { data: bans, error, again } = usePolled<readonly Ban[]>('/bans', EVERY_MS)
  const [filter, setFilter] = useState('')
  const [state, run] = useAction()
  const found = useMemo(() => {
    const word = filter.trim().toLowerCase()
    const all = [...(bans ?? [])].sort((one, other) => other.created_at - one.created_at)
    return word === '' ? all : all.filter((ban) => textOf(ban).includes(word))
  }, [bans, filter])
  const lift = (ban: Ban): Promise<void> =>
    run(async () => {
      const { type, value } = ban.target
      await ask(`/bans/${type}/${encodeURIComponent(value)}`, { method: 'DELETE', query: { by: 'dashboard' } })
      again()
      return `${value} may join again`
    })
  return (
    <>
      <div class="toolbar">
        <label>
          Filter <input type="search" value={filter} onInput={(event) => setFilter(event.currentTarget.value)} />
        </label>
        <span role="status" class="dim">
          {bans === undefined ? 'asking…' : countText(found.length, 'ban')}
        </span>
      </div>
      <Problem error={bans === undefined ? error : undefined} />
      <Outcome state={state} />
      <TableBox label="Bans">
        <table>
          <thead>
            <tr>
              <th scope="col">Whom</th>
              <th scope="col">Reason</th>
              <th scope="col">By</th>
              <th scope="col">Since</th>
              <th scope="col">Ends</th>
              <th scope="col">
                <span class="unseen">Action</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {found.slice(0, MAX_ROWS).map((ban) => (
              <tr key={`${ban.target.type} ${ban.target.value}`}>
                <td>
                  <span class="dim">{shownText(ban.target.type, 16)}</span>{' '}
                  <span class="mono">
                    <Said text={ban.target.value} />
                  </span>
                  {ban.player_name !== undefined && (
                    <>
                      {' '}
                      <Said text={ban.player_name} characters={32} />
                    </>
                  )}
                </td>
                <td>{ban.reason === null ? <span class="dim">none</span> : <Said text={ban.reason} />}</td>
                <td>
                  <Said text={ban.source} characters={64} />
                </td>
                <td>{timeText(ban.created_at * 1_000)}</td>
                <td>{ban.expires_at === null ? 'never' : `in ${durationText(ban.expires_at * 1_000 - Date.now())}`}</td>
                <td>
                  <ActionButton
                    class="quiet"
                    onClick={() => void lift(ban)}
                    label={`Lift the ban of ${shownText(ban.target.value, 64)}`}
                  >
                    Lift
                  </ActionButton>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {bans !== undefined && found.length === 0 && (
          <p class="empty">Nobody is banned, or no ban passes the filter.</p>
        )}
        {found.length > MAX_ROWS && <p class="dim">and {found.length - MAX_ROWS} more: filter for them</p>}
      </TableBox>
      <section aria-labelledby="ban-new">
        <h2 id="ban-new">Keep somebody out</h2>
        <BanForm onDone={again} />
      </section>
      <section aria-labelledby="limits">
        <h2 id="limits">Limits in force</h2>
        <LimitUse />
      </section>
    </>
  )
}

function textOf({ target, player_name, other_names, reason, source }: Ban): string {
  return [target.value, player_name, ...(other_names ?? []), reason, source].join('\n').toLowerCase()
}
