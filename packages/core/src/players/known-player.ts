import type { PlayerFacts } from '../policy/facts.ts'
import type { KnownPlayer } from './player-index.ts'

/** A player as lists are asked about one. */
export function knownPlayer({ name, claimedUuid, verified }: PlayerFacts): KnownPlayer {
  return { name, uuid: verified?.uuid ?? claimedUuid, isVerified: verified !== undefined }
}
