import { useEffect, useRef, useState } from 'preact/hooks'
import { type Column, headerText, type Order } from '../model/pick-sessions.ts'
import type { Rated } from '../model/rates.ts'
import { bytesText, durationText, rateText } from '../model/units.ts'
import { windowOf } from '../model/window-of.ts'
import { Said } from './said.tsx'

const TITLES: readonly (readonly [column: Column, title: string])[] = [
  ['player', 'Player'],
  ['client', 'Client'],
  ['peer', 'Through'],
  ['header', 'Header'],
  ['domain', 'Domain'],
  ['server', 'Server'],
  ['state', 'State'],
  ['rate', 'Rate'],
  ['moved', 'Moved'],
  ['age', 'Age'],
]

/** Those that are read from the right. */
const NUMBERS: readonly Column[] = ['rate', 'moved', 'age']

/** As the stylesheet has it. */
const ROW_PX = 32

export interface ConnectionTableProps {
  readonly connections: readonly Rated[]
  readonly order: Order
  readonly onOrder: (order: Order) => void
  readonly onOpen: (id: number) => void
}

/** Rows are drawn where somebody looks: ten thousand connections cost what thirty do. */
export function ConnectionTable({ connections, order, onOrder, onOpen }: ConnectionTableProps) {
  const box = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ scrollPx: 0, heightPx: 600 })
  useEffect(() => {
    const { current } = box
    if (current === null) return
    const look = (): void => setView({ scrollPx: current.scrollTop, heightPx: current.clientHeight })
    const sizes = new ResizeObserver(look)
    sizes.observe(current)
    current.addEventListener('scroll', look, { passive: true })
    return () => {
      sizes.disconnect()
      current.removeEventListener('scroll', look)
    }
  }, [])
  const { first, end } = windowOf(connections.length, ROW_PX, view.scrollPx, view.heightPx)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section class="rows" ref={box} tabIndex={0} aria-label="Connections">
      <table aria-rowcount={connections.length + 1}>
        <thead>
          <tr>
            {TITLES.map(([column, title]) => (
              <th
                key={column}
                scope="col"
                class={`col-${column}${NUMBERS.includes(column) ? ' number' : ''}`}
                aria-sort={order.column !== column ? 'none' : order.isDescending ? 'descending' : 'ascending'}
              >
                <button type="button" onClick={() => onOrder(nextOrder(order, column))}>
                  {title}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Space rows={first} />
          {connections.slice(first, end).map((connection, index) => (
            <Row key={connection.id} connection={connection} index={first + index} onOpen={onOpen} />
          ))}
          <Space rows={connections.length - end} />
        </tbody>
      </table>
      {connections.length === 0 && <p class="empty">Nobody is connected, or nobody passes the filter.</p>}
    </section>
  )
}

interface RowProps {
  readonly connection: Rated
  readonly index: number
  readonly onOpen: (id: number) => void
}

function Row({ connection, index, onOpen }: RowProps) {
  const { id, player, client, peer, domain, server, state, rate, bytes_in, bytes_out, age_ms } = connection
  const isDirect = client === peer
  return (
    <tr aria-rowindex={index + 2}>
      <td class="col-player">
        <button type="button" class="link" onClick={() => onOpen(id)}>
          {player === undefined ? `#${id}` : <Said text={player} characters={32} />}
        </button>
      </td>
      <td class="col-client mono">
        <Said text={client} />
      </td>
      <td class="col-peer mono">{isDirect ? <span class="dim">direct</span> : <Said text={peer} />}</td>
      <td class="col-header">{headerText(connection)}</td>
      <td class="col-domain">{domain !== undefined && <Said text={domain} characters={64} />}</td>
      <td class="col-server">{server !== undefined && <Said text={server} characters={64} />}</td>
      <td class="col-state">{state}</td>
      <td class="col-rate number">{rateText(rate)}</td>
      <td class="col-moved number">{bytesText(bytes_in + bytes_out)}</td>
      <td class="col-age number">{durationText(age_ms)}</td>
    </tr>
  )
}

function Space({ rows }: { readonly rows: number }) {
  return rows <= 0 ? null : (
    <tr class="space" style={{ height: `${rows * ROW_PX}px` }}>
      <td colSpan={TITLES.length} />
    </tr>
  )
}

function nextOrder(order: Order, column: Column): Order {
  return order.column === column
    ? { column, isDescending: !order.isDescending }
    : { column, isDescending: NUMBERS.includes(column) && column !== 'age' }
}
