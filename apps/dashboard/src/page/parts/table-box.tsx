import type { ComponentChildren } from 'preact'

/** A table that scrolls sideways where it is too wide, also by keyboard. */
export function TableBox({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section class="table-box" tabIndex={0} aria-label={label}>
      {children}
    </section>
  )
}
