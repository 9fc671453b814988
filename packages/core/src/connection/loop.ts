import type { Server } from '../config/server.ts'
import { areTooMany } from '../loop/dials-under-way.ts'
import type { Endpoint } from '../names/backend-names.ts'
import type { Connection } from './connection.ts'
import { endpointText } from './endpoint-text.ts'

/** A loop that stands stays until somebody mends it: the log says it again, but not with each connection. */
const AGAIN_MS = 600_000

/** Tells the operator which addresses of a server are listeners of this proxy. They are not dialled. */
export function noticeOwnEndpoints({ surroundings }: Connection, server: Server, own: readonly Endpoint[]): void {
  const where = own.map((endpoint) => {
    const resolved = endpoint.address === endpoint.host ? '' : ` (${endpoint.address})`
    return `${endpointText(endpoint)}${resolved}`
  })
  const message =
    `server "${server.id}" leads back to this proxy: it listens at ${where.join(', ')} itself, so nobody is sent there; ` +
    `write in ${server.source} where the server listens`
  surroundings.noticeSeldom(`loop ${server.id}`, AGAIN_MS, { level: 'warn', message })
}

/**
 * Counts a player's dial, until it stands or is given up.
 *
 * @returns whether there are so many of him that this server must lead back here by way of others
 */
export function isGoingRound(connection: Connection, server: Server): boolean {
  const { client, peer, player, surroundings } = connection
  // A list ping has nobody's name; how many of those may be on their way is bounded for each server.
  if (player === undefined) return false
  const dials = surroundings.dials.begin(client.address, player.name, server.id, peer.address)
  if (!areTooMany(dials)) {
    connection.dials = dials
    return false
  }
  surroundings.dials.end(dials)
  const message =
    `server "${server.id}" leads back to this proxy by way of others: one player is on the way to it ` +
    `${dials.count + 1} times at once, and it has answered none of them; they come from ${dials.peers.join(', ')}; ` +
    `see where the addresses in ${server.source} lead`
  surroundings.noticeSeldom(`loop ${server.id}`, AGAIN_MS, { level: 'warn', message })
  return true
}
