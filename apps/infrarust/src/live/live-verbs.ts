import type { Verb } from '../control/verb.ts'
import { connectionsVerb } from './connections-verb.ts'
import { kickVerb } from './kick-verb.ts'
import type { LiveProxy } from './live-proxy.ts'
import { logLevelVerb } from './log-level-verb.ts'
import { providersVerb } from './providers-verb.ts'
import { reloadVerb } from './reload-verb.ts'
import { statusVerb } from './status-verb.ts'
import { traceVerb } from './trace-verb.ts'

/** All that can be asked of a proxy that runs, and of nobody else. */
export function liveVerbs(proxy: LiveProxy): readonly Verb[] {
  return [
    statusVerb(proxy),
    connectionsVerb(proxy),
    kickVerb(proxy),
    reloadVerb(proxy),
    logLevelVerb(proxy),
    traceVerb(proxy),
    providersVerb(proxy),
  ]
}
