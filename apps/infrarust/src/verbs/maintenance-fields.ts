import { allowedText } from '@infrarust/core'
import * as v from 'valibot'
import type { KeptMaintenance } from '../maintenance/maintenance-file.ts'
import type { LiveProxy } from './live-proxy.ts'
import type { Sent } from './verb.ts'
import { VerbError } from './verb-error.ts'

/** One that is in force. */
export const MAINTENANCE_RESULT = v.object({
  /** Null: every server that has none of its own. */
  server: v.nullable(v.string()),
  since: v.string(),
  text: v.exactOptional(v.string()),
  motd: v.exactOptional(v.string()),
  /** Who may join, by the command or by the configuration. */
  allow: v.array(v.string()),
})

export type MaintenanceJson = Sent<typeof MAINTENANCE_RESULT>

export const SERVER_FIELD = v.nullish(v.pipe(v.string(), v.description('Its id. Left out: every server.')))

/** What the verbs about it need of the proxy. */
export interface MaintainedProxy extends Pick<LiveProxy, 'config' | 'maintenance'> {
  readonly registry: Pick<LiveProxy['registry'], 'servers'>
}

/** The same with those whom the configuration allows. */
export function maintenanceJson(kept: KeptMaintenance, { config, registry }: MaintainedProxy): MaintenanceJson {
  const ofServer = registry.servers.find(({ id }) => id === kept.server)?.maintenance.allow ?? []
  const configured = [...config().maintenance.allow, ...ofServer].map(allowedText)
  return { ...kept, allow: [...new Set([...kept.allow, ...configured])] }
}

/**
 * @throws {VerbError} `not_found` for an id that is neither among the servers nor among `others`
 */
export function knownServer(
  written: string | null | undefined,
  { registry }: Pick<MaintainedProxy, 'registry'>,
  others: readonly string[] = [],
): string | null {
  if (written === null || written === undefined) return null
  const ids = [...new Set([...registry.servers.map(({ id }) => id), ...others])]
  if (ids.includes(written)) return written
  const known = ids.length === 0 ? 'there is none' : `there are ${ids.slice(0, MAX_IDS).join(', ')}`
  throw new VerbError('not_found', `there is no server "${written}"; ${known}${ids.length > MAX_IDS ? ', …' : ''}`)
}

/** As many as fit a line. */
const MAX_IDS = 20
