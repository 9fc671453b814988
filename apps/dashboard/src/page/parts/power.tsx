import type { ManagedServer } from '../api/answers.ts'
import { ask } from '../api/ask.ts'
import { useAction } from '../live/use-action.ts'
import { shownText } from '../model/shown-text.ts'
import { countText, durationText } from '../model/units.ts'
import { ActionButton } from './action-button.tsx'
import { Outcome } from './outcome.tsx'

interface PowerProps {
  readonly power: ManagedServer
  readonly onChanged: () => void
}

/** Of a server that the proxy starts and stops: since when it is what it is, and both by hand. */
export function Power({ power, onChanged }: PowerProps) {
  const { id, state, why, sessions } = power
  const [action, run] = useAction()
  const order = (what: 'start' | 'stop'): Promise<void> =>
    run(async () => {
      await ask(`/servers/${encodeURIComponent(id)}/${what}`, { method: 'POST', body: {} })
      onChanged()
      return what === 'start' ? 'it is told to start' : 'it is told to stop'
    })
  return (
    <section class="power" aria-label="Power">
      <p class="dim">
        {shownText(powerText(power))}
        {why !== undefined && `: ${shownText(why, 400)}`}
      </p>
      <div class="buttons">
        <ActionButton onClick={() => void order('start')} disabled={!STARTABLE.includes(state)}>
          Start
        </ActionButton>
        <ActionButton class="danger" onClick={() => void order('stop')} disabled={!STOPPABLE.includes(state)}>
          {sessions > 0 ? `Stop, with ${countText(sessions, 'player')} on it` : 'Stop'}
        </ActionButton>
      </div>
      <Outcome state={action} />
    </section>
  )
}

const STARTABLE: readonly string[] = ['sleeping', 'crashed', 'unknown']
const STOPPABLE: readonly string[] = ['online', 'starting']

/** `starting for 12 s, usually 40 s, 3 players wait` */
function powerText({ state, seconds, usual_start_seconds: usual, position, waiting }: ManagedServer): string {
  return [
    `${state} for ${durationText(seconds * 1_000)}`,
    state === 'starting' && usual !== undefined ? `usually ${durationText(usual * 1_000)}` : undefined,
    position === undefined ? undefined : `number ${position} in line`,
    waiting === 0 ? undefined : `${countText(waiting, 'player')} waiting`,
  ]
    .filter((part) => part !== undefined)
    .join(', ')
}
