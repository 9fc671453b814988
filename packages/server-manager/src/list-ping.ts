import type { FetchStatus, Server } from '@infrarust/core'
import { decodeStatusJson } from '@infrarust/minecraft'
import type { Pinged } from './managed-server.ts'

/** No version of the game: what is asked for is whether it is up, and who is there. */
const ANY_PROTOCOL = -1
const TIMEOUT_MS = 3_000

/** Asks a server by a list ping of the proxy's own whether it is up, with the header that it expects. */
export function listPinger(fetch: FetchStatus): (server: Server) => Promise<Pinged> {
  return async (server) => {
    const status = await fetch({ server, domain: undefined, protocol: ANY_PROTOCOL, timeoutMs: TIMEOUT_MS })
    if (status.kind === 'failed') return { isUp: status.hasAnswered === true, players: undefined, status }
    const decoded = decodeStatusJson(status.json)
    return { isUp: true, players: decoded.kind === 'decoded' ? decoded.value.players?.online : undefined, status }
  }
}
