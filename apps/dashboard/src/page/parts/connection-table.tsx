import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { type Column, headerText, type Order } from '../model/pick-sessions.ts'
import type { Rated } from '../model/rates.ts'
import { shownText } from '../model/shown-text.ts'
import { bytesText, durationText, rateText } from '../model/units.ts'
import { windowOf } from '../model/window-of.ts'

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
  // Whole rows: what moves less than one draws nothing anew.
  const [scrolled, setScrolled] = useState(0)
  const [seen, setSeen] = useState(20)
  useEffect(() => {
    const { current } = box
    if (current === null) return
    const onScroll = (): void => setScrolled(Math.floor(current.scrollTop / ROW_PX))
    const sizes = new ResizeObserver(() => setSeen(Math.ceil(current.clientHeight / ROW_PX) + 1))
    sizes.observe(current)
    current.addEventListener('scroll', onScroll, { passive: true })
    return () => {
      sizes.disconnect()
      current.removeEventListener('scroll', onScroll)
    }
  }, [])
  const { first, end } = windowOf(connections.length, scrolled, seen)
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

/** Made anew where its connection is: one that stays in sight while others come costs nothing. */
function Row({ connection, index, onOpen }: RowProps) {
  return useMemo(() => {
    const { id, player, client, peer, domain, server, state, rate, bytes_in, bytes_out, age_ms } = connection
    // Each text has its cell for itself, which is what `Said` is for elsewhere: thousands of elements less to scroll past.
    return (
      <tr aria-rowindex={index + 2}>
        <td class="col-player">
          <button type="button" class="link" onClick={() => onOpen(id)}>
            {player === undefined ? `#${id}` : shownText(player, 32)}
          </button>
        </td>
        <td class="col-client mono">{shownText(client)}</td>
        <td class={`col-peer ${client === peer ? 'dim' : 'mono'}`}>{client === peer ? 'direct' : shownText(peer)}</td>
        <td class="col-header">{shownText(headerText(connection))}</td>
        <td class="col-domain">{domain !== undefined && shownText(domain, 64)}</td>
        <td class="col-server">{server !== undefined && shownText(server, 64)}</td>
        <td class="col-state">{shownText(state)}</td>
        <td class="col-rate number">{rateText(rate)}</td>
        <td class="col-moved number">{bytesText(bytes_in + bytes_out)}</td>
        <td class="col-age number">{durationText(age_ms)}</td>
      </tr>
    )
  }, [connection, index, onOpen])
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
