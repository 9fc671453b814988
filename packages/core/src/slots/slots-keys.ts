import type { Feature } from '../config/feature.ts'
import { keyTable, NO_KEYS } from '../config/key-table.ts'
import { integer } from '../config/values/plain.ts'

/** What a server says about its slots. */
export interface ServerSlots {
  /** Players at the same time, those on their way in included; 0: no limit. */
  readonly maxPlayers: number
}

/** What `max_players` is about in a server. */
export interface ServerWithSlots extends ServerSlots {
  readonly id: string
  readonly state: 'online' | 'starting' | 'offline'
}

/** `max_players` of a server. */
export const slots: Feature<unknown, ServerSlots> = {
  gateway: NO_KEYS,
  server: keyTable<ServerSlots>({
    maxPlayers: {
      kind: 'key',
      from: 'anyone',
      name: 'max_players',
      type: integer({ min: 0, max: 1_000_000 }),
      default: 0,
      description: 'Players at the same time, those on their way in included; 0 is no limit.',
      example: 100,
      reload: 'live',
    },
  }),
}
