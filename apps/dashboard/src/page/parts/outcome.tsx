import type { ActionState } from '../live/use-action.ts'
import { shownText } from '../model/shown-text.ts'
import { Problem } from './problem.tsx'

/** What came of an action. */
export function Outcome({ state }: { readonly state: ActionState }) {
  if (state.kind === 'failed') return <Problem error={state.error} />
  return (
    <p class="outcome" role="status">
      {state.kind === 'busy' ? 'asking…' : state.kind === 'done' ? shownText(state.text, 600) : ''}
    </p>
  )
}
