import type { Refusal } from '../policy/facts.ts'
import { type BanTarget, banKey } from './target.ts'

export interface Ban {
  readonly target: BanTarget
  /**
   * Of a UUID: the name that the ban was made with. Nothing here authenticates players, so a UUID is only claimed, and
   * it is by this name that the ban is enforced.
   */
  readonly playerName: string | undefined
  /** Shown to the player. */
  readonly reason: string | undefined
  /** Who banned. */
  readonly source: string
  /** Epoch milliseconds, as is `expiresAt`; undefined there: for good. */
  readonly createdAt: number
  readonly expiresAt: number | undefined
}

/** @param now epoch milliseconds */
export function isInForce({ expiresAt }: Ban, now: number): boolean {
  return expiresAt === undefined || expiresAt > now
}

export function refusalOf({ reason, expiresAt }: Ban): Refusal {
  return {
    reason: 'banned',
    ...(reason !== undefined && { detail: reason }),
    ...(expiresAt !== undefined && { expiresAt }),
  }
}

/** Of several for one target the last; a list that says the same twice means it once. */
export function lastOfEach(bans: readonly Ban[]): readonly Ban[] {
  return [...new Map(bans.map((ban) => [banKey(ban.target), ban])).values()]
}
