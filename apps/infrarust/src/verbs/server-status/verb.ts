import type { StatusSource } from '@infrarust/core'
import * as v from 'valibot'
import { findServer } from '../find-server.ts'
import type { LiveProxy } from '../live-proxy.ts'
import { dataVerb } from '../verb.ts'

type Question = Parameters<StatusSource['ask']>[0]

/** A recent version of the game; servers show most to one that they know. */
const ANY_PROTOCOL = -1

/** What the server list of a player shows of a server. */
export const verb = dataVerb({
  name: 'servers.health',
  method: 'GET',
  path: '/servers/:id/health',
  summary: 'What a list ping of this server gets: its MOTD, its players, its picture. Asked as seldom as players do.',
  request: v.strictObject({ id: v.string() }),
  result: v.object({
    /** `asleep`: it is started and stopped here, is not up, and was not asked. `none`: it has said nothing that could be kept. */
    state: v.picklist(['online', 'down', 'asleep', 'none']),
    /** Its answer as it was; null where there is none. */
    status: v.unknown(),
  }),
  async run(proxy: LiveProxy, { id }, { signal }) {
    const server = findServer(proxy, id)
    if (proxy.power.isAsleep(id)) return { state: 'asleep' as const, status: null }
    const [domain] = server.domains.filter((pattern) => !/[*?]/.test(pattern))
    const client = { family: 'ipv4', address: '127.0.0.1', port: 0 } as const
    const decision = await answered(proxy.statuses, { server, domain, protocol: ANY_PROTOCOL, client }, signal)
    switch (decision?.kind) {
      case 'answer':
        return { state: 'online' as const, status: parsed(decision.json) }
      case 'down':
        return { state: 'down' as const, status: null }
      default:
        return { state: 'none' as const, status: null }
    }
  },
})

/** Asks again when what it waits for is there, once. */
async function answered(statuses: StatusSource, question: Question, signal: AbortSignal) {
  const first = statuses.ask(question)
  if (first.kind === 'relay') first.done?.()
  if (first.kind !== 'pending') return first
  await Promise.race([
    Promise.resolve(first.done).catch(() => undefined),
    new Promise((resolve) => signal.addEventListener('abort', resolve)),
  ])
  const second = statuses.ask(question)
  if (second.kind === 'relay') second.done?.()
  if (second.kind === 'pending') second.abandon?.()
  return second
}

/** A server may answer what is no JSON, and the game shows nothing then. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}
