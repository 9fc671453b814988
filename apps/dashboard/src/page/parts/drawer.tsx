import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

export interface DrawerProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ComponentChildren
}

/** What is looked at closely, beside the rest of the page; Escape closes it, and the focus goes back to where it was. */
export function Drawer({ title, onClose, children }: DrawerProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const before = document.activeElement
    dialog.current?.showModal()
    return () => {
      // What it was opened from may be gone: a connection that was kicked has no row any more.
      const isThere = before instanceof HTMLElement && before.isConnected
      const back = isThere ? before : document.getElementById('main')
      back?.focus()
    }
  }, [])
  return (
    <dialog ref={dialog} class="drawer" aria-labelledby="drawer-title" onClose={onClose}>
      <header>
        <h2 id="drawer-title">{title}</h2>
        <button type="button" class="quiet" onClick={onClose}>
          Close
        </button>
      </header>
      <div class="drawer-body">{children}</div>
    </dialog>
  )
}
