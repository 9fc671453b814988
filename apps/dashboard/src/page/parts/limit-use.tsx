import { usePolled } from '../live/use-polled.ts'
import { shownText } from '../model/shown-text.ts'
import { durationText } from '../model/units.ts'
import { Said } from './said.tsx'
import { TableBox } from './table-box.tsx'

/** Of `/limits`. */
interface Limits {
  readonly limits: Readonly<Record<string, number>>
  readonly near: readonly {
    readonly limit: string
    readonly who: string
    readonly count: number
    readonly max: number
  }[]
  readonly refused_clients: readonly {
    readonly client: string
    readonly reason: string
    readonly count: number
    readonly last_at: string
  }[]
}

const EVERY_MS = 5_000

/** The limits in force, who is near them, and who was turned away. */
export function LimitUse() {
  const { data } = usePolled<Limits>('/limits', EVERY_MS)
  if (data === undefined) return null
  return (
    <>
      {data.near.length === 0 ? (
        <p class="dim">Nobody is near one of them.</p>
      ) : (
        <ul class="limit-use">
          {data.near.map(({ limit, who, count, max }) => (
            <li key={`${limit} ${who}`}>
              <span class="mono">
                <Said text={who} />
              </span>{' '}
              <meter
                min={0}
                max={max}
                high={max * 0.9}
                value={count}
                aria-label={shownText(`${limit} of ${who}`, 128)}
              />{' '}
              {count.toLocaleString('en')} of {max.toLocaleString('en')} <span class="dim">{shownText(limit, 64)}</span>
            </li>
          ))}
        </ul>
      )}
      <p class="hint">
        Who is near a limit on connections or list pings in a window of time cannot be told: the proxy counts those by a
        hash and keeps no address of who has done nothing wrong. Who was over one is in the list of who was turned away.
      </p>
      <dl class="limits">
        {Object.entries(data.limits).map(([key, value]) => (
          <div key={key}>
            <dt class="mono">
              <Said text={key} />
            </dt>
            <dd>{value === 0 ? 'off' : key.endsWith('_ms') ? durationText(value) : value.toLocaleString('en')}</dd>
          </div>
        ))}
      </dl>
      {data.refused_clients.length > 0 && (
        <TableBox label="Turned away in the last hour">
          <table>
            <thead>
              <tr>
                <th scope="col">Turned away</th>
                <th scope="col">Why</th>
                <th scope="col" class="number">
                  How often
                </th>
                <th scope="col">Last</th>
              </tr>
            </thead>
            <tbody>
              {data.refused_clients.map(({ client, reason, count, last_at }) => (
                <tr key={`${client} ${reason}`}>
                  <td class="mono">
                    <Said text={client} />
                  </td>
                  <td>{shownText(reason.replaceAll('_', ' '), 64)}</td>
                  <td class="number">{count.toLocaleString('en')}</td>
                  <td>{durationText(Date.now() - Date.parse(last_at))} ago</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableBox>
      )}
    </>
  )
}
