import { useMemo, useState } from 'preact/hooks'
import type { PathsAnswer } from '../api/answers.ts'
import { useConnections } from '../live/use-connections.ts'
import { usePolled } from '../live/use-polled.ts'
import { faultsOf } from '../model/faults-of.ts'
import { paceMs } from '../model/pace.ts'
import { type PathGroup, pathsOf, STAGES, type Stage } from '../model/paths-of.ts'
import { countText, rateText } from '../model/units.ts'
import { ConnectionDrawer } from '../parts/connection-drawer.tsx'
import { FaultList } from '../parts/fault-list.tsx'
import { FlowPicture } from '../parts/flow-picture.tsx'
import { Problem } from '../parts/problem.tsx'
import { Said } from '../parts/said.tsx'
import { TableBox } from '../parts/table-box.tsx'

const paceOf = ({ paths }: PathsAnswer): number => paceMs(paths.reduce((sum, { connections }) => sum + connections, 0))
/** Players that are listed of what was picked. */
const MAX_LISTED = 100

export interface Place {
  readonly stage: Stage
  readonly name: string
}

/** Where each address came from: who connects, through which listener, with which header, to which server, and what leaves. */
export function Paths() {
  const { connections, error, again } = useConnections()
  const { data: paths } = usePolled<PathsAnswer>('/paths', paceOf)
  const [weighs, setWeighs] = useState<'bytes' | 'connections'>('bytes')
  const [place, setPlace] = useState<Place | undefined>(undefined)
  const [openId, setOpenId] = useState<number | undefined>(undefined)
  const faults = useMemo(() => faultsOf(paths?.broken ?? []), [paths])
  const groups = useMemo(() => pathsOf(connections ?? [], paths?.paths ?? []), [connections, paths])
  const picked = place === undefined ? groups : groups.filter(({ places }) => places[place.stage] === place.name)
  return (
    <>
      <div class="toolbar">
        <fieldset class="choice">
          <legend>Width</legend>
          {(['bytes', 'connections'] as const).map((each) => (
            <label key={each}>
              <input type="radio" name="weighs" checked={weighs === each} onChange={() => setWeighs(each)} />
              {each === 'bytes' ? 'bytes a second' : 'connections'}
            </label>
          ))}
        </fieldset>
        {place !== undefined && (
          <button type="button" class="quiet" onClick={() => setPlace(undefined)}>
            Show all again
          </button>
        )}
      </div>
      <Problem error={connections === undefined ? error : undefined} />
      <FaultList faults={faults} />
      {groups.length === 0 && faults.length === 0 ? (
        <p class="empty">{connections === undefined ? 'asking…' : 'Nobody is connected now.'}</p>
      ) : (
        <FlowPicture groups={groups} faults={faults} weighs={weighs} picked={place} onPick={setPlace} />
      )}
      {picked.length > 0 && <PathTable groups={picked} onOpen={setOpenId} />}
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

const TITLES: Readonly<Record<Stage, string>> = {
  peer: 'Peers',
  listener: 'Listener',
  received: 'Header received',
  server: 'Server',
  sent: 'Header sent',
}

interface PathTableProps {
  readonly groups: readonly PathGroup[]
  readonly onOpen: (id: number) => void
}

/** The same in words, with those who are on each way. */
function PathTable({ groups, onOpen }: PathTableProps) {
  return (
    <TableBox label="Ways">
      <table>
        <thead>
          <tr>
            {STAGES.map((stage) => (
              <th key={stage} scope="col">
                {TITLES[stage]}
              </th>
            ))}
            <th scope="col" class="number">
              Now
            </th>
            <th scope="col">Who</th>
          </tr>
        </thead>
        <tbody>
          {groups.map(({ places, connections, bytesPerSecond }) => (
            <tr key={STAGES.map((stage) => places[stage]).join('\n')}>
              {STAGES.map((stage) => (
                <td key={stage} class={stage === 'peer' || stage === 'sent' ? 'mono' : ''}>
                  <Said text={places[stage]} characters={64} />
                </td>
              ))}
              <td class="number">
                {countText(connections.length, 'connection')}
                <br />
                {rateText(bytesPerSecond)}
              </td>
              <td class="who">
                {connections.slice(0, MAX_LISTED).map(({ id, player, client }) => (
                  <button key={id} type="button" class="chip" onClick={() => onOpen(id)}>
                    <Said text={player ?? client} characters={32} />
                  </button>
                ))}
                {connections.length > MAX_LISTED && (
                  <span class="dim"> and {connections.length - MAX_LISTED} more</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableBox>
  )
}
