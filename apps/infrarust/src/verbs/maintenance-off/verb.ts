import * as v from 'valibot'
import { knownServer, type MaintainedProxy, SERVER_FIELD } from '../maintenance-fields.ts'
import { dataVerb, type Sent } from '../verb.ts'

const result = v.object({
  server: v.nullable(v.string()),
  /** Whether it was in maintenance. */
  was_on: v.boolean(),
  /** What else is in maintenance, and stays so; null: every server. */
  still_on: v.array(v.nullable(v.string())),
  /** Why a restart will bring it back. */
  problem: v.exactOptional(v.string()),
})

export type MaintenanceOff = Sent<typeof result>

/** Lets players in again. */
export const verb = dataVerb({
  name: 'maintenance.off',
  method: 'DELETE',
  path: '/maintenance',
  summary: 'Let players in again. What was switched on for one server is switched off for that server.',
  request: v.strictObject({ server: SERVER_FIELD }),
  result,
  async run(proxy: MaintainedProxy, { server: written }): Promise<MaintenanceOff> {
    const { maintenance } = proxy
    // A server that is gone may still be in maintenance.
    const server = knownServer(
      written,
      proxy,
      maintenance.list().flatMap((kept) => kept.server ?? []),
    )
    const { before, problem } = await maintenance.end(server)
    return {
      server,
      was_on: before,
      still_on: maintenance.list().map((kept) => kept.server),
      ...(problem !== undefined && { problem }),
    }
  },
})
