import * as v from 'valibot'
import type { LiveProxy } from '../live-proxy.ts'
import { dataVerb, type Sent } from '../verb.ts'

const result = v.object({
  /** What this reading changed, a line each. */
  changes: v.array(v.string()),
  /** What is wrong now, and therefore stays as it was. */
  problems: v.array(v.string()),
  /** Keys that wait for the next start. */
  need_restart: v.array(v.string()),
  /** The last changes before: a saved file is taken over by itself, mostly before anybody asks. */
  earlier: v.nullable(v.object({ at: v.string(), changes: v.array(v.string()) })),
})

export type Reload = Sent<typeof result>

/** Reads `infrarust.toml` and the server files again, now. */
export const verb = dataVerb({
  name: 'config.reload',
  method: 'POST',
  path: '/config/reload',
  summary: 'Read the configuration again, now; what that changed is the result.',
  request: v.strictObject({}),
  result,
  async run(proxy: LiveProxy): Promise<Reload> {
    const { changes, problems, need_restart, earlier } = await proxy.reload()
    return { changes, problems, need_restart, earlier }
  },
})
