import { useState } from 'preact/hooks'
import type { Rated } from '../model/rates.ts'
import { shownText } from '../model/shown-text.ts'
import { tabAt } from '../model/tab-at.ts'
import { BanForm } from './ban-form.tsx'
import { Chain } from './chain.tsx'
import { Drawer } from './drawer.tsx'
import { KickForm } from './kick-form.tsx'
import { TraceLines } from './trace-lines.tsx'

export interface ConnectionDrawerProps {
  readonly id: number
  /** Undefined from its end on. */
  readonly live: Rated | undefined
  readonly onClose: () => void
  readonly onChanged: () => void
}

const TABS = ['Way', 'Follow', 'Kick', 'Ban'] as const

/** One connection: its way hop by hop, what happens on it, and what can be done about it. */
export function ConnectionDrawer({ id, live, onClose, onChanged }: ConnectionDrawerProps) {
  // What was known of it stays when it has ended.
  const [known, setKnown] = useState(live)
  if (live !== undefined && live !== known) setKnown(live)
  const [tab, setTab] = useState<(typeof TABS)[number]>('Way')
  const title = known?.player === undefined ? `Connection ${id}` : shownText(known.player, 64)
  return (
    <Drawer title={title} onClose={onClose}>
      {live === undefined && <p class="note">This connection has ended.</p>}
      <div class="tabs" role="tablist" aria-label="About this connection">
        {TABS.map((each) => (
          <button
            key={each}
            type="button"
            role="tab"
            id={`tab-${each}`}
            aria-selected={each === tab}
            aria-controls="tab-panel"
            tabIndex={each === tab ? 0 : -1}
            onClick={() => setTab(each)}
            onKeyDown={(event) => {
              const next = tabAt(event.key, TABS.indexOf(each), TABS.length)
              const chosen = next === undefined ? undefined : TABS[next]
              if (chosen === undefined) return
              event.preventDefault()
              setTab(chosen)
              document.getElementById(`tab-${chosen}`)?.focus()
            }}
          >
            {each}
          </button>
        ))}
      </div>
      {known !== undefined && (
        <div role="tabpanel" id="tab-panel" aria-labelledby={`tab-${tab}`}>
          {tab === 'Way' && <Chain connection={known} />}
          {tab === 'Follow' && <TraceLines id={id} client={known.client} />}
          {tab === 'Kick' && <KickForm connection={known} isOver={live === undefined} onDone={onChanged} />}
          {tab === 'Ban' && <BanForm connection={known} onDone={onChanged} />}
        </div>
      )}
    </Drawer>
  )
}
