import type { BrokenPath } from '../api/answers.ts'
import { countText } from './units.ts'

/** An edge of the picture that is cut. */
export type Fault = {
  /** What is wrong, and what to change. */
  readonly text: string
} & (
  | { readonly at: 'listener'; readonly network: string; readonly listener: string }
  | { readonly at: 'server'; readonly server: string }
)

/** Those that the picture can show: between a network and a listener, or behind a server. */
export function faultsOf(broken: readonly BrokenPath[]): readonly Fault[] {
  return broken.flatMap(({ side, network, listener, server, text, count }): readonly Fault[] => {
    if (side === 'server') return server === null ? [] : [{ at: 'server', server, text: `server "${server}": ${text}` }]
    if (network === null || listener === null) return []
    const who = `${network} → listener ${listener}${count === null ? '' : `, ${countText(count, 'connection')} in the last hour`}`
    return [{ at: 'listener', network, listener, text: `${who}: ${text}` }]
  })
}
