import { followPlayerList } from '@infrarust/config-file'
import { type ListedPlayer, type PlayerFiles, PlayerIndex } from '@infrarust/core'
import type { Logger } from 'pino'
import { ListFiles } from './list-files.ts'

/** The files of players that servers name. */
export class PlayerListFiles extends ListFiles<ListedPlayer, PlayerIndex> implements PlayerFiles {
  /** @param baseDir where paths begin that are not absolute */
  constructor(baseDir: string, logger: Logger) {
    super(
      {
        follow: ({ onRead, ...options }) =>
          followPlayerList({
            ...options,
            onRead: (file) => onRead({ ...file, entries: file.players, warning: undefined }),
          }),
        index: (players) => new PlayerIndex(players),
        event: 'player_list',
        nouns: ['player', 'players'],
      },
      baseDir,
      logger,
    )
  }
}
