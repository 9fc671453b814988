import type { SocketAddress } from '../addresses/socket-address.ts'
import type { Refusal } from '../policy/facts.ts'
import type { ConnectionId } from '../transport/contract.ts'
import { type Ban, isInForce, namesOf, refusalOf } from './ban.ts'
import { BanIndex } from './ban-index.ts'

/** The connections of a gateway: which there are, and a way to end them. */
interface Connections {
  live(): readonly { readonly id: ConnectionId; readonly client: SocketAddress }[]
  /** Ends all that the target means. @returns how many there were */
  cut(target: Banned, refusal: Refusal): number
}

/** Whose connections end: one connection's own, all of a client address, or all with a player name or a verified UUID. */
type Banned =
  | { readonly kind: 'connection'; readonly id: ConnectionId }
  | { readonly kind: 'client'; readonly address: string }
  | { readonly kind: 'player'; readonly name: string }
  | { readonly kind: 'uuid'; readonly uuid: string }

/**
 * Ends the connections of those who have just been banned, in whatever phase they are.
 *
 * @param now epoch milliseconds
 * @returns how many connections there were
 */
export function cutBanned(gateway: Connections, added: readonly Ban[], now: number): number {
  const bans = added.filter((ban) => isInForce(ban, now))
  return bans.reduce((cut, ban) => cut + cutOne(gateway, ban), 0) + cutNetworks(gateway, bans, now)
}

function cutOne(gateway: Connections, ban: Ban): number {
  const { target } = ban
  switch (target.type) {
    case 'ip':
      return gateway.cut({ kind: 'client', address: target.value }, refusalOf(ban))
    case 'username':
      return gateway.cut({ kind: 'player', name: target.value }, refusalOf(ban))
    case 'uuid':
      return namesOf(ban).reduce(
        (cut, name) => cut + gateway.cut({ kind: 'player', name }, refusalOf(ban)),
        gateway.cut({ kind: 'uuid', uuid: target.value }, refusalOf(ban)),
      )
    case 'cidr':
      return 0
  }
}

/** One look at all connections, however many networks there are. */
function cutNetworks(gateway: Connections, bans: readonly Ban[], now: number): number {
  const networks = bans.filter(({ target }) => target.type === 'cidr')
  if (networks.length === 0) return 0
  const index = new BanIndex()
  index.add(networks)
  return gateway.live().reduce((cut, { id, client }) => {
    const ban = index.forClient(client.address, now)
    return ban === undefined ? cut : cut + gateway.cut({ kind: 'connection', id }, refusalOf(ban))
  }, 0)
}
