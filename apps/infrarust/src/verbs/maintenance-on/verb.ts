import * as v from 'valibot'
import { readTerms } from '../../maintenance/terms.ts'
import { isSession } from '../../proxy/sessions.ts'
import type { LiveProxy } from '../live-proxy.ts'
import {
  knownServer,
  MAINTENANCE_RESULT,
  type MaintainedProxy,
  maintenanceJson,
  SERVER_FIELD,
} from '../maintenance-fields.ts'
import { dataVerb, type Sent } from '../verb.ts'
import { VerbError } from '../verb-error.ts'

const result = v.object({
  ...MAINTENANCE_RESULT.entries,
  /** Sessions of players who may not join, and go on. */
  sessions: v.number(),
  /** Connections that were ended. */
  kicked: v.number(),
  /** Why a restart will forget it. */
  problem: v.exactOptional(v.string()),
})

export type MaintenanceOn = Sent<typeof result>

interface Needs extends MaintainedProxy {
  readonly gateway: Pick<LiveProxy['gateway'], 'cut' | 'live'>
}

/** Keeps players out from now on. */
export const verb = dataVerb({
  name: 'maintenance.on',
  method: 'PUT',
  path: '/maintenance',
  summary: 'Keep players out of a server, or of all, until it is switched off: over restarts, too.',
  request: v.strictObject({
    server: SERVER_FIELD,
    text: v.nullish(v.pipe(v.string(), v.description('What a login is told, and the server list shows.'))),
    motd: v.nullish(v.pipe(v.string(), v.description('What the server list shows, where that is another text.'))),
    allow: v.nullish(
      v.pipe(v.array(v.string()), v.description('Players, by name or UUID, and client networks that may join.')),
    ),
    kick: v.nullish(v.pipe(v.boolean(), v.description('Whether sessions of who may not join end.'))),
  }),
  result,
  async run(proxy: Needs, { server: written, text, motd, allow, kick }): Promise<MaintenanceOn> {
    const server = knownServer(written, proxy)
    const terms = {
      ...(typeof text === 'string' && { text }),
      ...(typeof motd === 'string' && { motd }),
      allow: allow ?? [],
    }
    const read = readTerms(terms)
    if (read.kind === 'fault') throw new VerbError('bad_request', `${read.field} ${read.fault}`)
    const { problem } = await proxy.maintenance.begin(server, terms, read.terms)
    const kicked = kick === true ? kickFrom(proxy, server) : 0
    const [kept] = proxy.maintenance.list().filter((each) => each.server === server)
    return {
      ...maintenanceJson(kept ?? { server, since: new Date().toISOString(), ...terms }, proxy),
      sessions: refusedNow(proxy, server).filter(({ connection }) => isSession(connection)).length,
      kicked,
      ...(problem !== undefined && { problem }),
    }
  },
})

/** @returns how many connections there were */
function kickFrom(proxy: Needs, server: string | null): number {
  return refusedNow(proxy, server).reduce(
    (kicked, { connection: { id }, refusal }) => kicked + proxy.gateway.cut({ kind: 'connection', id }, refusal),
    0,
  )
}

/** Who is there and could not join any more. */
function refusedNow({ gateway, registry, maintenance }: Needs, wanted: string | null) {
  const servers = new Map(registry.servers.map((server) => [server.id, server]))
  return gateway.live().flatMap((connection) => {
    const { player, client } = connection
    if (player === undefined || connection.server === undefined) return []
    if (wanted !== null && connection.server !== wanted) return []
    const server = servers.get(connection.server)
    const refusal = server && maintenance.policy.refusalFor(client.address, player, server)
    return refusal === undefined ? [] : [{ connection, refusal }]
  })
}
