import type { Ban, BanEnd } from './ban.ts'
import type { BanChange, Bans } from './ban-index.ts'
import type { BanTarget } from './target.ts'

/**
 * Where bans are kept. What a promise of it has acknowledged is durable: whatever is killed afterwards, it is there.
 * `bans` is up to date before that promise resolves, and within a second after a change that somebody else made to the
 * same store.
 */
export interface BanStore {
  /** Asked for every connection, hence in memory. */
  readonly bans: Bans
  /**
   * Adds all of them or none; one for a target that is banned already takes that ban's place as `banAgain` has it: with
   * the names of both, so that nobody is let in by being banned again.
   *
   * @param by who does it, for the audit trail; `source` of a ban is who banned, which an import leaves as it is
   * @param end which end counts where a target is banned already; left out: that of the new ban
   * @throws {BanStoreError} where nothing was added
   */
  add(bans: readonly Ban[], by: string, end?: BanEnd): Promise<AddedBans>
  /**
   * Removes those of them that are banned, all at once.
   *
   * @returns the bans that there were
   * @throws {BanStoreError} where nothing was removed
   */
  remove(targets: readonly BanTarget[], by: string): Promise<readonly Ban[]>
  /** Who did what, latest first; with a target only what was done about it. */
  audit(limit: number, target?: BanTarget): Promise<readonly AuditEntry[]>
  /** Tells of each change, whoever made it. */
  onChange(listener: (change: BanChange) => void): void
  /** What was asked for before is still done. */
  close(): Promise<void>
}

/** What the bans that were there already had to do with those that were added. */
export interface AddedBans {
  /** As they were before: they end earlier now. */
  readonly shortened: readonly Ban[]
  /** Left as they are but for the names: they last longer than the ones that were to be added. */
  readonly kept: readonly Ban[]
}

/** One line of a ban's history: what was done to it, by whom and when (Unix milliseconds). */
export interface AuditEntry {
  readonly at: number
  readonly action: 'ban' | 'unban' | 'expired'
  readonly target: BanTarget
  readonly by: string
  readonly reason: string | undefined
  readonly expiresAt: number | undefined
}
