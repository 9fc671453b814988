import type { Feature } from '../config/feature.ts'
import { type KeyTable, keyTable, NO_KEYS } from '../config/key-table.ts'
import { list } from '../config/values/list.ts'
import { text } from '../config/values/plain.ts'
import { type ListedPlayer, listedPlayer } from '../players/listed-player.ts'

/** `[player_filter]` of a server. */
export interface PlayerFilterConfig {
  /** Empty, and without a file: everybody. */
  readonly whitelist: readonly ListedPlayer[]
  readonly blacklist: readonly ListedPlayer[]
  /** Absolute once its loader has resolved it. */
  readonly whitelistFile: string | undefined
  readonly blacklistFile: string | undefined
}

/** What `[player_filter]` is about in a server. */
export interface PlayerFilteredServer {
  readonly playerFilter: PlayerFilterConfig
}

const LONGEST_PATH = 4096

const playerFilterKeys: KeyTable<PlayerFilterConfig> = keyTable<PlayerFilterConfig>(
  {
    whitelist: {
      kind: 'key',
      from: 'anyone',
      name: 'whitelist',
      type: list(listedPlayer, 'players'),
      default: [],
      description: 'Where there is one, only these players may join: names in any case, or UUIDs.',
      example: ['Steve', '069a79f4-44e9-4726-a5be-fca90e38aaf5'],
      reload: 'live',
    },
    blacklist: {
      kind: 'key',
      from: 'anyone',
      name: 'blacklist',
      type: list(listedPlayer, 'players'),
      default: [],
      description: 'Players who may not join this server, whatever else says that they may.',
      example: ['Herobrine'],
      reload: 'live',
    },
    whitelistFile: {
      kind: 'key',
      from: 'operator',
      name: 'whitelist_file',
      type: text({ maxLength: LONGEST_PATH }),
      default: undefined,
      absent: 'no file',
      description:
        'File with more of `whitelist`: the `whitelist.json` of a server, or one player a line; relative to this file. Watched.',
      example: '/srv/survival/whitelist.json',
      reload: 'live',
    },
    blacklistFile: {
      kind: 'key',
      from: 'operator',
      name: 'blacklist_file',
      type: text({ maxLength: LONGEST_PATH }),
      default: undefined,
      absent: 'no file',
      description:
        'File with more of `blacklist`: the `banned-players.json` of a server, or one player a line; relative to this file. Watched.',
      example: '/srv/survival/banned-players.json',
      reload: 'live',
    },
  },
  {
    elsewhere: {
      allow: 'write whitelist = ["Steve"]',
      deny: 'write blacklist = ["Steve"]',
      names: 'write whitelist = ["Steve"]',
      uuids: 'UUIDs stand in whitelist, like names',
      file: 'write whitelist_file = "whitelist.json"',
    },
  },
)

/** `[player_filter]` of a server. */
export const playerFilter: Feature<unknown, PlayerFilteredServer> = {
  gateway: NO_KEYS,
  server: keyTable<PlayerFilteredServer>({
    playerFilter: {
      kind: 'table',
      name: 'player_filter',
      description: 'Which players may join this server.',
      table: playerFilterKeys,
    },
  }),
}
