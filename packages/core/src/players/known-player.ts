import type { PlayerFacts } from '../policy/facts.ts'
import type { KnownPlayer } from './player-index.ts'

/** A player as lists are asked about one. Whatever proxy mode, nobody here has authenticated a name yet. */
export function knownPlayer({ name, claimedUuid }: PlayerFacts): KnownPlayer {
  return { name, uuid: claimedUuid, isVerified: false }
}
