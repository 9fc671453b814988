import type { Fault } from '../model/faults-of.ts'
import { shownText } from '../model/shown-text.ts'
import { StateMark } from './state-mark.tsx'

/** The broken edges with the fix in words. */
export function FaultList({ faults }: { readonly faults: readonly Fault[] }) {
  return faults.length === 0 ? null : (
    <ul class="faults" aria-label="Broken ways">
      {faults.map((fault) => (
        <li key={fault.text}>
          <StateMark mark="bad">broken</StateMark> <span>{shownText(fault.text, 1_000)}</span>
        </li>
      ))}
    </ul>
  )
}
