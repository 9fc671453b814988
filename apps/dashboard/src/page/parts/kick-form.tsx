import { useState } from 'preact/hooks'
import type { Connection } from '../api/answers.ts'
import { ask } from '../api/ask.ts'
import { useAction } from '../live/use-action.ts'
import { countText } from '../model/units.ts'
import { ActionButton } from './action-button.tsx'
import { Outcome } from './outcome.tsx'

interface KickFormProps {
  readonly connection: Connection
  /** Nothing is left to end. */
  readonly isOver: boolean
  readonly onDone: () => void
}

/** Ends one connection. */
export function KickForm({ connection: { id }, isOver, onDone }: KickFormProps) {
  const [reason, setReason] = useState('')
  const [state, run] = useAction()
  const kick = async (): Promise<string> => {
    const body = { target: String(id), ...(reason.trim() !== '' && { reason: reason.trim() }) }
    const kicked = await ask<readonly Connection[]>('/connections/kick', { method: 'POST', body })
    onDone()
    return `${countText(kicked.length, 'connection')} ended`
  }
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault()
        void run(kick)
      }}
    >
      <label for="kick-reason">Reason</label>
      <input id="kick-reason" value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
      <p class="hint">
        Who has no server yet reads it. A session that is relayed only ends, and may come back at once.
      </p>
      <ActionButton type="submit" class="danger" disabled={isOver || state.kind === 'busy'}>
        Kick
      </ActionButton>
      <Outcome state={state} />
    </form>
  )
}
