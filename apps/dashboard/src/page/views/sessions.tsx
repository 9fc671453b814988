import { useMemo, useState } from 'preact/hooks'
import { useConnections } from '../live/use-connections.ts'
import { paceMs } from '../model/pace.ts'
import { filterSessions, type Order, sortSessions } from '../model/pick-sessions.ts'
import { countText, durationText, rateText } from '../model/units.ts'
import { ConnectionDrawer } from '../parts/connection-drawer.tsx'
import { ConnectionTable } from '../parts/connection-table.tsx'
import { Problem } from '../parts/problem.tsx'

/** Every connection of this moment. */
export function Sessions() {
  const { connections, error, again } = useConnections()
  const [filter, setFilter] = useState('')
  const [order, setOrder] = useState<Order>({ column: 'age', isDescending: false })
  const [openId, setOpenId] = useState<number | undefined>(undefined)
  const sorted = useMemo(() => sortSessions(connections ?? [], order), [connections, order])
  const picked = useMemo(() => filterSessions(sorted, filter), [sorted, filter])
  const rate = useMemo(() => picked.reduce((sum, each) => sum + each.rate, 0), [picked])
  return (
    <>
      <div class="toolbar">
        <label>
          Filter{' '}
          <input
            type="search"
            placeholder="name, address, server:lobby, state:relaying"
            value={filter}
            onInput={(event) => setFilter(event.currentTarget.value)}
          />
        </label>
        <span role="status" class="dim">
          {connections === undefined
            ? 'asking…'
            : `${picked.length === connections.length ? '' : `${picked.length.toLocaleString('en')} of `}${countText(connections.length, 'connection')}, ${rateText(rate)}, looked at every ${durationText(paceMs(connections.length))}`}
        </span>
      </div>
      <Problem error={connections === undefined ? error : undefined} />
      <ConnectionTable connections={picked} order={order} onOrder={setOrder} onOpen={setOpenId} />
      {openId !== undefined && (
        <ConnectionDrawer
          id={openId}
          live={connections?.find(({ id }) => id === openId)}
          onClose={() => setOpenId(undefined)}
          onChanged={again}
        />
      )}
    </>
  )
}
