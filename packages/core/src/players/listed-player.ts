import { parseCidr } from '@infrarust/proxy-protocol'
import { gives, isNot, type ValueType } from '../config/value-type.ts'
import { isPlayerName } from '../text/player-name.ts'
import { canonicalUuid } from '../text/uuid.ts'

/** Somebody who stands on a list. UUIDs are canonical; a name is as it was written, and means it in any case. */
export type ListedPlayer =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'uuid'; readonly uuid: string }
  /** Both of one player, as the lists that a server keeps have them. */
  | { readonly kind: 'profile'; readonly name: string; readonly uuid: string }

/** A player, or why a text is none, as a clause of its own. */
export type ReadPlayer =
  | { readonly kind: 'player'; readonly player: ListedPlayer }
  | { readonly kind: 'fault'; readonly hint: string }

/**
 * Reads a UUID, or else the name of a player. What is an address is none: it would be a list of names that lets nobody in,
 * and nobody would see why.
 */
export function readPlayer(written: string): ReadPlayer {
  const text = written.trim()
  const uuid = canonicalUuid(text)
  if (uuid !== undefined) return { kind: 'player', player: { kind: 'uuid', uuid } }
  if (text.length > 1 && parseCidr(text).kind === 'cidr')
    return { kind: 'fault', hint: 'an address, and no player; addresses stand in [ip_filter]' }
  if (isPlayerName(text)) return { kind: 'player', player: { kind: 'name', name: text } }
  return { kind: 'fault', hint: 'neither a name of 1 to 16 characters nor a UUID' }
}

const ACCEPTED = 'write a player as a name or a UUID, such as "Steve" or "069a79f4-44e9-4726-a5be-fca90e38aaf5"'

/** A name or a UUID. */
export const listedPlayer: ValueType<ListedPlayer> = {
  name: 'player',
  read(written) {
    if (typeof written !== 'string') return isNot(written, ACCEPTED)
    const read = readPlayer(written)
    return read.kind === 'player' ? gives(read.player) : isNot(written, `${ACCEPTED}: this is ${read.hint}`)
  },
  fromText: (label) => label,
  schema: { type: 'string', pattern: '\\S' },
}
