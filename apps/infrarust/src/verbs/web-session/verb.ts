import * as v from 'valibot'
import type { LiveProxy } from '../live-proxy.ts'
import { dataVerb } from '../verb.ts'
import { VerbError } from '../verb-error.ts'

/** What the dashboard asks with the ticket of a link. */
export const verb = dataVerb({
  name: 'web.session',
  method: 'POST',
  path: '/web/session',
  summary: 'The key for the ticket of a link; the ticket is good once.',
  access: 'public',
  request: v.strictObject({ ticket: v.pipe(v.string(), v.maxLength(100)) }),
  result: v.object({ key: v.string() }),
  run({ web }: Pick<LiveProxy, 'web'>, { ticket }) {
    const key = web.keyFor(ticket)
    if (key === undefined)
      throw new VerbError(
        'unauthorized',
        'this link was used already, or is older than five minutes; infrarust web login makes another',
      )
    return { key }
  },
})
