import type { PlayerFacts } from '../policy/facts.ts'
import type { KnownPlayer } from './player-index.ts'

/** A player as lists are asked about one. */
export function knownPlayer({ name, claimedUuid, verified, isToBeVerified }: PlayerFacts): KnownPlayer {
  if (verified !== undefined) return { name, uuid: verified.uuid, proof: 'verified' }
  return { name, uuid: claimedUuid, proof: isToBeVerified === true ? 'to-come' : 'none' }
}
