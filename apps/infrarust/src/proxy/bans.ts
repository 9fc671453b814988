import { cutBanned, type Gateway } from '@infrarust/core'
import { type Ban, type BanStore, BanStoreError, type BanStoreOptions, namesOf } from '@infrarust/core/ban-store'
import type { Logger } from 'pino'
import { namesText } from '../ban/names-text.ts'
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
  // Whoever runs a command has another environment, and would ban in a store that nobody asks.
  if (loaded.config.dataDir === undefined && process.env.STATE_DIRECTORY)
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

/** How a running proxy looks after its store. */
export function storeOptions({ ban }: Pick<Config, 'ban'>, logger: Logger): BanStoreOptions {
  return { purgeIntervalMs: ban.purgeIntervalMs, notice: (message) => logger.error(message) }
}

/**
 * Ends the connections of whoever is banned from now on, by this process or beside it.
 *
 * @param isLogged whether each change has a line, asked at each
 */
export function enforceBans(
  store: BanStore,
  gateway: Pick<Gateway, 'cut' | 'live'>,
  logger: Logger,
  isLogged: () => boolean,
): void {
  store.onChange(({ added, removed }) => {
    const cut = cutBanned(gateway, added, Date.now())
    if (!isLogged()) return
    if (added.length + removed.length > MAX_LINES) {
      const counts = { banned: added.length, unbanned: removed.length }
      logger.info({ event: 'bans', ...counts }, `bans added: ${counts.banned}, removed: ${counts.unbanned}`)
    } else {
      for (const ban of added) logger.info(fields('ban', ban), `banned ${sentence(ban)}`)
      for (const ban of removed) logger.info(fields('unban', ban), `no longer banned: ${sentence(ban)}`)
    }
    if (cut > 0) logger.info({ event: 'bans', cut }, `connections of banned clients ended: ${cut}`)
  })
}

/** A longer change is only counted: an import would fill the log with what its file says as well. */
const MAX_LINES = 100

function fields(event: string, ban: Ban): object {
  const { target, playerName, otherNames, reason, source, expiresAt } = ban
  return {
    event,
    target: target.value,
    target_type: target.type,
    ...(playerName !== undefined && { player: playerName }),
    ...(otherNames !== undefined && { other_names: otherNames }),
    ...(reason !== undefined && { ban_reason: reason }),
    source,
    ...(expiresAt !== undefined && { expires_at: new Date(expiresAt).toISOString() }),
  }
}

function sentence(ban: Ban): string {
  const { target, reason, source } = ban
  const names = namesOf(ban)
  const uuid = names.length === 0 ? 'a UUID is only claimed here: keeps nobody out' : `enforced by ${namesText(names)}`
  const about = target.type === 'uuid' ? ` (${uuid})` : ''
  return `${target.value}${about} by ${source}${reason === undefined ? '' : `: ${reason}`}`
}
