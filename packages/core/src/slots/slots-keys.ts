import type { Key } from '../config/key-table.ts'
import { integer } from '../config/values/plain.ts'

/** What `max_players` is about in a server. */
export interface ServerWithSlots {
  readonly id: string
  readonly state: 'online' | 'starting' | 'offline'
  /** Players at the same time, those on their way in included; 0: no limit. */
  readonly maxPlayers: number
}

/** `max_players` of a server. */
export const maxPlayersKey: Key<number> = {
  kind: 'key',
  from: 'anyone',
  name: 'max_players',
  type: integer({ min: 0, max: 1_000_000 }),
  default: 0,
  description: 'Players at the same time, those on their way in included; 0 is no limit.',
  example: 100,
  reload: 'live',
}
