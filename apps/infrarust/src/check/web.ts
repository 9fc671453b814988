import { whyNotServed } from '../web/keys-in-force.ts'
import { findTls } from '../web/tls-files.ts'
import type { WithWeb } from '../web/web-keys.ts'
import type { Finding } from './first-snapshot.ts'

/** Why `[web]` would not be served. No error: players are served all the same. */
export function webFindings({ web }: WithWeb, configFile: string): readonly Finding[] {
  if (web?.isApiEnabled !== true) return []
  const tls = findTls(web, configFile)
  const why = whyNotServed(web) ?? (tls.kind === 'refused' ? tls.why : undefined)
  return why === undefined ? [] : [{ level: 'warn', message: `[web] would not be served: ${why}` }]
}
