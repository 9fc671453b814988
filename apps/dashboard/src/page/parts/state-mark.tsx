import { shownText } from '../model/shown-text.ts'

export type Mark = 'ok' | 'warn' | 'bad' | 'idle'

/** A state by colour, by shape and in a word. */
export function StateMark({ mark, children }: { readonly mark: Mark; readonly children: string }) {
  return (
    <span class={`state ${mark}`}>
      <i aria-hidden="true" />
      {shownText(children)}
    </span>
  )
}
