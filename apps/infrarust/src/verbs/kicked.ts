import type { LiveConnection } from '@infrarust/core'
import * as v from 'valibot'
import { type ConnectionJson, connectionJson } from './connection.ts'
import type { LiveProxy } from './live-proxy.ts'
import { VerbError } from './verb-error.ts'

export const REASON_FIELD = v.nullish(v.pipe(v.string(), v.description('Shown to players who have no server yet.')))

/**
 * Ends these connections.
 *
 * @param asked whom somebody has meant by them
 * @throws {VerbError} `not_found` where none of them is there
 */
export function kick(
  { gateway, transport }: LiveProxy,
  connections: readonly LiveConnection[],
  asked: string,
  detail: string | null | undefined,
): readonly ConnectionJson[] {
  const refusal = { reason: 'kicked', ...(typeof detail === 'string' && { detail }) } as const
  const now = transport.now()
  const kicked = connections
    .filter(({ id }) => gateway.cut({ kind: 'connection', id }, refusal) > 0)
    .map((connection) => connectionJson(connection, now))
  if (kicked.length === 0) throw new VerbError('not_found', `nobody is connected as ${asked}`)
  return kicked
}
