import type { LiveConnection } from '@infrarust/core'
import * as v from 'valibot'
import { isSession } from '../proxy/sessions.ts'
import type { Sent } from './verb.ts'

/** A player in a session, in the names of the Rust product. */
export const PLAYER_RESULT = v.object({
  /** Of the connection. */
  id: v.number(),
  username: v.string(),
  /** As it is claimed, or as it was verified; null where the version of the game says none. */
  uuid: v.nullable(v.string()),
  ip: v.string(),
  server: v.nullable(v.string()),
  is_active: v.boolean(),
  connected_since: v.string(),
  /** In seconds. */
  connected_duration: v.number(),
})

type PlayerJson = Sent<typeof PLAYER_RESULT>

/**
 * Those of them that are players in a session.
 *
 * @param now of the transport's clock
 */
export function players(live: readonly LiveConnection[], now: number): readonly PlayerJson[] {
  return live.filter(isSession).flatMap((connection): readonly PlayerJson[] => {
    const { number, player, client, server = null, acceptedAt } = connection
    if (player === undefined) return []
    const ageMs = now - acceptedAt
    return [
      {
        id: number,
        username: player.name,
        uuid: player.verified?.uuid ?? player.claimedUuid ?? null,
        ip: client.address,
        server,
        is_active: true,
        connected_since: new Date(Date.now() - ageMs).toISOString(),
        connected_duration: Math.floor(ageMs / 1_000),
      },
    ]
  })
}
