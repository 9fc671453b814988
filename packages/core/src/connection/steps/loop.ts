import { endpointText } from '../../addresses/socket-address.ts'
import type { Link } from '../../collections/many-by-key.ts'
import { areTooMany, type OnesDials } from '../../loop/dials-under-way.ts'
import type { Endpoint } from '../../names/backend-names.ts'
import type { Server } from '../../server/server.ts'
import type { Complete } from '../facts.ts'
import type { Next, Turn } from '../turn.ts'
import { refuse } from './refuse.ts'

/** A loop that stands stays until somebody mends it: the log says it again, but not with each connection. */
const AGAIN_MS = 600_000

/** Every address of the server is a listener of this proxy. */
export function refuseLoop(turn: Turn, facts: Complete, server: Server, own: readonly Endpoint[]): Next {
  noticeOwnEndpoints(turn, server, own)
  return refuse(turn, facts, { reason: 'loop' })
}

/** Tells the operator which addresses of a server are listeners of this proxy. They are not dialled. */
export function noticeOwnEndpoints({ context }: Turn, server: Server, own: readonly Endpoint[]): void {
  const where = own.map((endpoint) => {
    const resolved = endpoint.address === endpoint.host ? '' : ` (${endpoint.address})`
    return `${endpointText(endpoint)}${resolved}`
  })
  const message =
    `server "${server.id}" leads back to this proxy: it listens at ${where.join(', ')} itself, so nobody is sent there; ` +
    `write in ${server.source} where the server listens`
  context.noticeSeldom(`loop ${server.id}`, AGAIN_MS, { level: 'warn', message })
}

/**
 * Counts a player's dial.
 *
 * @returns where it is counted, to be ended when it stands or is given up; `too-many` where there are so many of this player
 *   that the server must lead back here by way of others; undefined for a list ping, which has nobody's name and is bounded
 *   for each server
 */
export function countDial(
  { context }: Turn,
  facts: Complete,
  server: Server,
): Link<OnesDials> | 'too-many' | undefined {
  const { client, peer, player } = facts
  if (player === undefined) return undefined
  const dials = context.dials.begin(client.address, player.name, server.id, peer.address)
  if (!areTooMany(dials)) return dials
  context.dials.end(dials)
  const { count, peers } = dials.value
  const messageWith = (addressText: (address: string) => string): string =>
    `server "${server.id}" leads back to this proxy by way of others: one player is on the way to it ` +
    `${count + 1} times at once, and it has answered none of them; they come from ${peers.map(addressText).join(', ')}; ` +
    `see where the addresses in ${server.source} lead`
  context.noticeSeldom(`loop ${server.id}`, AGAIN_MS, {
    level: 'warn',
    message: messageWith((address) => address),
    messageWith,
  })
  return 'too-many'
}
