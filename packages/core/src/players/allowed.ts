import { type Cidr, cidrText, parseCidr } from '@infrarust/proxy-protocol'
import { prefixSet } from '../addresses/prefix-table.ts'
import { gives, isNot, type ValueType } from '../config/value-type.ts'
import { type ListedPlayer, readPlayer } from './listed-player.ts'
import { type KnownPlayer, PlayerIndex } from './player-index.ts'

/** One entry of a list of those who may do something that others may not: a player, or everybody from a network. */
export type Allowed = ListedPlayer | { readonly kind: 'network'; readonly network: Cidr }

const ACCEPTED = 'write a player as a name or a UUID, or an address or a network, such as "Steve" or "192.0.2.0/24"'

/** A player, an address, or a network. No name has the form of an address. */
export const allowed: ValueType<Allowed> = {
  name: 'player or network',
  read(written) {
    if (typeof written !== 'string') return isNot(written, ACCEPTED)
    const cidr = parseCidr(written)
    if (cidr.kind === 'cidr') return gives({ kind: 'network', network: cidr.cidr })
    // A player's name has neither of the two, and a mistyped network should not wait for a player of that name.
    if (/[:/]/.test(written)) return isNot(written, `${ACCEPTED}: ${cidr.message}`)
    const read = readPlayer(written)
    return read.kind === 'player' ? gives(read.player) : isNot(written, `${ACCEPTED}: this is ${read.hint}`)
  },
  fromText: (label) => label,
  schema: { type: 'string', pattern: '\\S' },
}

/** As it would be written. */
export function allowedText(entry: Allowed): string {
  switch (entry.kind) {
    case 'network':
      return cidrText(entry.network)
    case 'uuid':
      return entry.uuid
    case 'name':
    case 'profile':
      return entry.name
  }
}

/** A list of these made searchable. */
export class AllowIndex {
  readonly #players: PlayerIndex
  readonly #networks: ReturnType<typeof prefixSet>

  constructor(list: readonly Allowed[]) {
    this.#players = new PlayerIndex(list.flatMap((entry) => (entry.kind === 'network' ? [] : [entry])))
    this.#networks = prefixSet(list.flatMap((entry) => (entry.kind === 'network' ? [entry.network] : [])))
  }

  /** @param address canonical, of the client */
  has(address: string, player: KnownPlayer): boolean {
    return this.#networks.has(address) || this.#players.letsIn(player)
  }
}
