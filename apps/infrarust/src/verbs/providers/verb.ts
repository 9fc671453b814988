import * as v from 'valibot'
import type { LiveProxy } from '../live-proxy.ts'
import { dataVerb, type Sent } from '../verb.ts'

const result = v.array(
  v.object({
    name: v.string(),
    state: v.string(),
    servers: v.array(v.string()),
    problems: v.array(v.string()),
    conflicts: v.array(v.string()),
    last_error: v.nullable(v.object({ message: v.string(), at: v.string() })),
  }),
)

export type Provider = Sent<typeof result>[number]

/** Where the servers come from, and what is wrong there. */
export const verb = dataVerb({
  name: 'providers.list',
  method: 'GET',
  path: '/providers',
  summary: 'Where the servers come from, and what is wrong there.',
  request: v.strictObject({}),
  result,
  run: ({ registry }: LiveProxy) =>
    registry.status().map(({ name, state, servers, problems, conflicts, lastError }) => ({
      name,
      state,
      servers,
      problems,
      conflicts,
      last_error: lastError === undefined ? null : { ...lastError, at: new Date(lastError.at).toISOString() },
    })),
})
