import type { BanStore } from './store.ts'

/**
 * A kind of ban store that a program has in its list. Which of them is in force is said by where `[ban]` has the bans kept:
 * the first that knows the place opens it.
 */
export interface BuiltInBanStore {
  /** What its places look like, for an operator who has written none of them: `a path such as bans.db`. */
  readonly places: string
  /** Folder of its code, as a URL: what is thrown there is no fault of a provider of the operator's own. */
  readonly codeFolder: string
  /**
   * The place that `file` in `[ban]` means, as messages may show it and `open` takes it; the same text is the same store.
   *
   * @param folder the data folder, in which relative paths begin
   * @returns undefined where it is no place of such a store
   */
  where(written: string, folder: string): string | undefined
  /** @throws {BanStoreError} `open` or `import` */
  open(where: string, options: BanStoreOptions): Promise<BanStore>
}

/** How a store is looked after while it is open. */
export interface BanStoreOptions {
  /** How often expired bans are taken out; left out: never, they only no longer count. */
  readonly purgeIntervalMs?: number
  /** What the operator should know that no promise tells, such as a store that cannot be read any more. */
  readonly notice?: (message: string) => void
  /**
   * Whether it is an error that a store which is not there yet could not be made. Left out: it is one with the first ban, so
   * that a proxy which bans nobody needs no place to write to.
   */
  readonly mustBeWritable?: boolean
}
