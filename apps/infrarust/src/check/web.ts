import { whyNotServed } from '../web/keys-in-force.ts'
import type { WithWeb } from '../web/web-keys.ts'
import type { Finding } from './first-snapshot.ts'

/** Why `[web]` would not be served. No error: players are served all the same. */
export function webFindings({ web }: WithWeb): readonly Finding[] {
  const why = web?.isApiEnabled === true ? whyNotServed(web) : undefined
  return why === undefined ? [] : [{ level: 'warn', message: `[web] would not be served: ${why}` }]
}
