import * as v from 'valibot'
import type { LiveProxy } from '../live-proxy.ts'
import { dataVerb } from '../verb.ts'

/** What the dashboard asks when it is opened, so that it offers nobody what would be refused. */
export const verb = dataVerb({
  name: 'web.access',
  method: 'GET',
  path: '/web/access',
  summary: 'What the key of this request is good for.',
  request: v.strictObject({}),
  /** `read` looks and changes nothing, `write` may do all. */
  result: v.object({ access: v.picklist(['read', 'write']) }),
  run: (_: Pick<LiveProxy, never>, __, { isReadOnly }) => ({
    access: isReadOnly ? ('read' as const) : ('write' as const),
  }),
})
