import type { Refusal } from '../policy/facts.ts'
import { type BanTarget, banKey, nameKey } from './target.ts'

/** Who is banned, by whom, why and until when. */
export interface Ban {
  readonly target: BanTarget
  /**
   * Of a UUID: the name that the ban was made with. Where nobody has authenticated a player, a UUID is only claimed, and it
   * is by this name that the ban is enforced.
   */
  readonly playerName: string | undefined
  /** Of a UUID: further names that it was banned with, which the ban is enforced by as well. Absent where there are none. */
  readonly otherNames?: readonly string[]
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

/** The names that a ban of a UUID is enforced by, the one that it was last made with first; of any other ban none. */
export function namesOf({ playerName, otherNames }: Ban): readonly string[] {
  return playerName === undefined ? [] : [playerName, ...(otherNames ?? [])]
}

/**
 * When a ban ends that is made for a target that is banned already: as the new one says (an operator's word), or as the
 * one of the two that lasts longer says (a list's word).
 */
export type BanEnd = 'as-given' | 'longest'

/**
 * What becomes of a ban where its target is banned already. No name is freed by it: whoever is banned under two names
 * could come back with the one that the second ban does not have.
 *
 * @param before the ban in force for the same target
 */
export function banAgain(ban: Ban, before: Ban | undefined, end: BanEnd): Ban {
  if (before === undefined) return ban
  const made = end === 'longest' && endsEarlier(ban, before) ? before : ban
  return { ...made, ...withNames([...namesOf(ban), ...namesOf(before)]) }
}

/** The fields of a ban that is enforced by these names, each of which counts once in whatever case. */
export function withNames(names: readonly string[]): Pick<Ban, 'playerName' | 'otherNames'> {
  const distinct = new Map<string, string>()
  for (const name of names) if (!distinct.has(nameKey(name))) distinct.set(nameKey(name), name)
  const [playerName, ...otherNames] = distinct.values()
  return { playerName, ...(otherNames.length > 0 && { otherNames }) }
}

/** Whether the one is over while the other is still in force. */
export function endsEarlier({ expiresAt }: Ban, other: Ban): boolean {
  return expiresAt !== undefined && (other.expiresAt === undefined || expiresAt < other.expiresAt)
}

/** One ban for each target: a list that has a target twice means the longer of the two, with the names of both. */
export function oneForEach(bans: readonly Ban[]): readonly Ban[] {
  const merged = new Map<string, Ban>()
  for (const ban of bans) {
    const key = banKey(ban.target)
    merged.set(key, banAgain(ban, merged.get(key), 'longest'))
  }
  return [...merged.values()]
}
