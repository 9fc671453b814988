import { sqlite } from '@infrarust/ban-sqlite'
import type { GatewayConfig } from '@infrarust/core'
import type { BanStore, BanStoreOptions, BuiltInBanStore } from '@infrarust/core/ban-store'
import type { Problem } from '@infrarust/core/provider'

/** The ban stores that are part of this program. The first that knows the place which `file` in `[ban]` names keeps the bans. */
export const BAN_STORES: readonly BuiltInBanStore[] = [sqlite]

/** Where bans are kept, and the only way to open them there. */
export interface BanPlace {
  /** As messages show it; the same text is the same store. */
  readonly where: string
  /** @throws {BanStoreError} where a store is there and cannot be opened, or cannot be imported */
  open(options?: BanStoreOptions): Promise<BanStore>
}

/**
 * @param written as in `[ban]`
 * @param folder the data folder
 * @returns undefined where none of the stores knows such a place
 */
export function findBanPlace(
  written: string,
  folder: string,
  stores: readonly BuiltInBanStore[] = BAN_STORES,
): BanPlace | undefined {
  for (const store of stores) {
    const where = store.where(written, folder)
    if (where !== undefined) return { where, open: (options = {}) => store.open(where, options) }
  }
  return undefined
}

/** A place that nobody knows would be found out about by the first ban that is not kept. */
export function banPlaceIsKnown({ ban }: Pick<GatewayConfig, 'ban'>): readonly Problem[] {
  if (findBanPlace(ban.file, '.') !== undefined) return []
  const places = BAN_STORES.map((store) => store.places).join(', or ')
  return [{ path: ['ban', 'file'], message: `ban.file is "${ban.file}", where no store keeps bans; write ${places}` }]
}
