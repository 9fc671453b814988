import type { ComponentChildren } from 'preact'
import { useSession } from '../live/session.ts'

export interface ActionButtonProps {
  readonly type?: 'button' | 'submit'
  readonly class?: string
  readonly label?: string
  readonly disabled?: boolean
  readonly onClick?: () => void
  readonly children: ComponentChildren
}

/** The place in the frame that says why such buttons are off. */
export const READ_ONLY_ID = 'read-only'

/** A button that changes something; where the key of the tab may not, it is off and says why. */
export function ActionButton({ type = 'button', label, disabled, onClick, children, class: kind }: ActionButtonProps) {
  const { isReadOnly } = useSession()
  return (
    <button
      type={type}
      disabled={disabled === true || isReadOnly}
      {...(kind !== undefined && { class: kind })}
      {...(label !== undefined && { 'aria-label': label })}
      {...(onClick !== undefined && { onClick })}
      {...(isReadOnly && { 'aria-describedby': READ_ONLY_ID, title: 'read_key changes nothing; this needs api_key' })}
    >
      {children}
    </button>
  )
}
