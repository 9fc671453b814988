import * as v from 'valibot'
import type { LiveProxy } from '../live-proxy.ts'
import { dataVerb } from '../verb.ts'
import { VerbError } from '../verb-error.ts'

/** Makes a link that opens the dashboard without its key being typed. */
export const verb = dataVerb({
  name: 'web.login',
  method: 'POST',
  path: '/web/tickets',
  summary: 'A link to the dashboard that signs in once, within five minutes.',
  request: v.strictObject({}),
  status: 201,
  result: v.object({ url: v.string() }),
  run({ web }: Pick<LiveProxy, 'web'>) {
    const url = web.link()
    if (url === undefined)
      throw new VerbError(
        'unavailable',
        'no dashboard is served: write [web] into infrarust.toml, and no enable_api or enable_webui = false; infrarust status says what is wrong',
      )
    return { url }
  },
})
