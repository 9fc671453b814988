import { type BanStore, BanStoreError, openEmbeddedStore } from '@infrarust/core/ban-store'
import type { Logger } from 'pino'
import { isUnenforced, unenforcedText } from '../ban/unenforced.ts'
import type { Configuration } from '../configuration.ts'
import { dataPaths } from '../data-paths.ts'

/** Opens the ban store that the configuration names; undefined where that cannot be, which is logged then. */
export async function openBans(
  { path, loaded }: Extract<Configuration, { kind: 'loaded' }>,
  logger: Logger,
): Promise<BanStore | undefined> {
  const { banFile } = dataPaths(loaded.config, path)
  // Whoever runs a command has another environment, and would ban in a store that nobody asks.
  if (loaded.config.dataDir === undefined && process.env.STATE_DIRECTORY)
    logger.warn(
      `data_dir is ${process.env.STATE_DIRECTORY}, from $STATE_DIRECTORY; commands find that only where data_dir is in ${path} too`,
    )
  try {
    const store = await openStore(banFile, loaded.config.ban.purgeIntervalMs, logger)
    const unenforced = store.bans.list(Date.now()).filter(isUnenforced).length
    if (unenforced > 0) logger.warn(unenforcedText(unenforced, banFile))
    return store
  } catch (error) {
    if (!(error instanceof BanStoreError)) throw error
    // Without the bans that there are, everybody whom they keep out would be let in.
    logger.fatal(error.message)
    return undefined
  }
}

/** @throws {BanStoreError} where it is there and cannot be opened, or cannot be imported */
export function openStore(file: string, purgeIntervalMs: number, logger: Logger): Promise<BanStore> {
  return openEmbeddedStore({ file, purgeIntervalMs, notice: (message) => logger.error(message) })
}
