import type { ManagedView } from '@infrarust/server-manager'
import * as v from 'valibot'
import type { LiveProxy } from './live-proxy.ts'
import { VerbError } from './verb-error.ts'

/** A server that is started and stopped here, as it is shown. */
export const POWER_RESULT = v.object({
  id: v.string(),
  /** `local`, `command`, … */
  type: v.string(),
  /** `unknown`, `sleeping`, `starting`, `online`, `stopping` or `crashed`. */
  state: v.string(),
  /** In it. */
  seconds: v.number(),
  /** How long a start usually takes; left out where none has succeeded yet. */
  usual_start_seconds: v.exactOptional(v.number()),
  /** Its place among those that wait for their turn to start, from 1. */
  position: v.exactOptional(v.number()),
  waiting: v.number(),
  sessions: v.number(),
  starts: v.number(),
  failures: v.number(),
  /** Of one that has crashed, or of which nothing is known. */
  why: v.exactOptional(v.string()),
})

export type PowerJson = v.InferOutput<typeof POWER_RESULT>

export const SERVER_ID = v.pipe(v.string(), v.description('Its id.'))

export function powerJson(view: ManagedView): PowerJson {
  const { id, type, phase, elapsedMs, etaMs, position, waiting, sessions, starts, failures, why } = view
  return {
    id,
    type,
    state: phase,
    seconds: Math.round(elapsedMs / 1_000),
    ...(etaMs !== undefined && { usual_start_seconds: Math.round(etaMs / 1_000) }),
    ...(position !== undefined && { position }),
    waiting,
    sessions,
    starts,
    failures,
    ...(why !== undefined && { why }),
  }
}

/**
 * The server with this id.
 *
 * @throws {VerbError} `not_found` where there is none that is started and stopped here
 */
export function managedServer(id: string, { power, registry }: Pick<LiveProxy, 'power' | 'registry'>): ManagedView {
  const servers = power.list()
  const found = servers.find((server) => server.id === id)
  if (found !== undefined) return found
  if (registry.servers.some((server) => server.id === id))
    throw new VerbError('not_found', `server "${id}" is not started and stopped here: it has no [server_manager]`)
  const known = servers.length === 0 ? 'there is none' : `there are ${servers.map((server) => server.id).join(', ')}`
  throw new VerbError('not_found', `there is no server "${id}"; of those that are started and stopped here ${known}`)
}
