import { type BanStore, BanStoreError, type BanStoreOptions } from '@infrarust/core/ban-store'
import type { Logger } from 'pino'
import { isUnenforced, unenforcedText } from '../ban/unenforced.ts'
import type { Configuration } from '../configuration.ts'
import { dataPaths } from '../data-paths.ts'
import type { Config } from '../program-keys.ts'

/** Opens the ban store that the configuration names; undefined where that cannot be, which is logged then. */
export async function openBans(
  { path, loaded }: Extract<Configuration, { kind: 'loaded' }>,
  logger: Logger,
): Promise<BanStore | undefined> {
  const { bans } = dataPaths(loaded.config, path)
  // Whoever runs a command beside a service has another environment, and would ban in a store that nobody asks. Of a
  // container it is the same for both.
  if (loaded.config.dataDir === undefined && process.env.STATE_DIRECTORY && isSystemdUnit())
    logger.warn(
      `data_dir is ${process.env.STATE_DIRECTORY}, from $STATE_DIRECTORY; commands find that only where data_dir is in ${path} too`,
    )
  try {
    const store = await bans.open(storeOptions(loaded.config, logger))
    const unenforced = store.bans.list(Date.now()).filter(isUnenforced).length
    if (unenforced > 0) logger.warn(unenforcedText(unenforced, bans.where))
    return store
  } catch (error) {
    if (!(error instanceof BanStoreError)) throw error
    // Without the bans that there are, everybody whom they keep out would be let in.
    logger.fatal(error.message)
    return undefined
  }
}

/** @see systemd.exec(5): `$INVOCATION_ID` is set for every unit */
function isSystemdUnit(): boolean {
  return process.env.INVOCATION_ID !== undefined
}

/** How a running proxy looks after its store. */
export function storeOptions({ ban }: Pick<Config, 'ban'>, logger: Logger): BanStoreOptions {
  return { purgeIntervalMs: ban.purgeIntervalMs, notice: (message) => logger.error(message) }
}
