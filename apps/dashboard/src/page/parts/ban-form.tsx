import { useState } from 'preact/hooks'
import type { Ban, Connection, TargetType } from '../api/answers.ts'
import { ApiError } from '../api/api-error.ts'
import { ask } from '../api/ask.ts'
import { useAction } from '../live/use-action.ts'
import { durationSeconds } from '../model/units.ts'
import { ActionButton } from './action-button.tsx'
import { Outcome } from './outcome.tsx'

interface BanFormProps {
  /** Who is meant, where somebody is. */
  readonly connection?: Connection
  readonly onDone: () => void
}

const TYPES: readonly (readonly [type: TargetType, title: string])[] = [
  ['ip', 'Address'],
  ['cidr', 'Network'],
  ['username', 'Name'],
  ['uuid', 'UUID'],
]

/** Keeps somebody out: with a reason, for a while or for good. */
export function BanForm({ connection, onDone }: BanFormProps) {
  const [type, setType] = useState<TargetType>(
    connection === undefined || connection.player === undefined ? 'ip' : 'username',
  )
  const [written, setWritten] = useState<string | undefined>(undefined)
  const [reason, setReason] = useState('')
  const [duration, setDuration] = useState('')
  const [state, run] = useAction()
  const value = written ?? suggested(connection, type)

  const ban = async (): Promise<string> => {
    const seconds = duration.trim() === '' ? undefined : durationSeconds(duration)
    if (duration.trim() !== '' && seconds === undefined)
      throw new ApiError('bad_request', `"${duration}" is no duration; write 30m, 12h, 7d, or nothing for good`)
    const added = await ask<Ban>('/bans', {
      method: 'POST',
      body: {
        target: { type, value: value.trim() },
        by: 'dashboard',
        ...(reason.trim() !== '' && { reason: reason.trim() }),
        ...(seconds !== undefined && { duration_seconds: seconds }),
      },
    })
    onDone()
    return `${added.target.value} is banned${added.expires_at === null ? ' for good' : ` until ${new Date(added.expires_at * 1_000).toLocaleString()}`}`
  }
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault()
        void run(ban)
      }}
    >
      <label for="ban-type">What</label>
      <select
        id="ban-type"
        value={type}
        onChange={(event) => {
          const chosen = TYPES.find(([each]) => each === event.currentTarget.value)
          if (chosen !== undefined) setType(chosen[0])
          setWritten(undefined)
        }}
      >
        {TYPES.map(([each, title]) => (
          <option key={each} value={each}>
            {title}
          </option>
        ))}
      </select>
      <label for="ban-value">Whom</label>
      <input
        id="ban-value"
        class="mono"
        required
        value={value}
        onInput={(event) => setWritten(event.currentTarget.value)}
      />
      <label for="ban-reason">Reason</label>
      <input id="ban-reason" value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
      <label for="ban-duration">For how long</label>
      <input
        id="ban-duration"
        placeholder="for good, or 30m, 12h, 7d"
        value={duration}
        onInput={(event) => setDuration(event.currentTarget.value)}
      />
      <ActionButton type="submit" class="danger" disabled={state.kind === 'busy'}>
        Ban
      </ActionButton>
      <Outcome state={state} />
    </form>
  )
}

function suggested(connection: Connection | undefined, type: TargetType): string {
  if (connection === undefined) return ''
  if (type === 'ip') return connection.client
  return type === 'username' ? (connection.player ?? '') : ''
}
