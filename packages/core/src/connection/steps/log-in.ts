import { explain } from '../../forwarding/mismatch.ts'
import type { Server } from '../../server/server.ts'
import type { Joining } from '../facts.ts'
import type { Next, Turn } from '../turn.ts'
import { dialBackend, dialToLogIn } from './dial.ts'
import { refuse } from './refuse.ts'

/** The first version that knows Login Plugin Requests, which Velocity's forwarding needs: 1.13. */
const VELOCITY_SINCE = 393
const AGAIN_MS = 600_000

/** Logs in to the backend for a player who is admitted. */
export function logIn(turn: Turn, facts: Joining, server: Server): Next {
  const { logins } = turn.context
  if (logins === undefined) return refuseWhereUnwired(turn, facts, server)
  const login = logins.backendLogin(server)
  if (login === undefined) return refuse(turn, facts, { reason: 'forwarding' })
  const { kind } = login.forwarding
  if (facts.opening.kind !== 'handshake') {
    // Before 1.7 there is no login to take part in; a backend that expects nothing takes it as it comes.
    return kind === 'none' ? dialBackend(turn, facts, server) : refuseLegacyLogin(turn, facts)
  }
  if (kind === 'velocity' && facts.opening.protocolVersion < VELOCITY_SINCE) {
    const message = explain('too-old-for-velocity', { server, login })
    turn.context.noticeSeldom(`too old ${server.id}`, AGAIN_MS, { level: 'warn', message })
    return refuse(turn, facts, { reason: 'forwarding', detail: 'It takes players of Minecraft 1.13 and later.' })
  }
  return dialToLogIn(turn, facts, server, login)
}

/** A client from before 1.7 can neither be authenticated nor announced. */
export function refuseLegacyLogin(turn: Turn, facts: Joining): Next {
  return refuse(turn, facts, { reason: 'forwarding', detail: 'It takes players of Minecraft 1.7 and later.' })
}

/** The program that embeds the gateway has not given it what it needs; nobody is let in another way. */
export function refuseWhereUnwired(turn: Turn, facts: Joining, server: Server): Next {
  const message =
    `server "${server.id}": this gateway was given no logins in its settings, which proxy_mode = "${server.proxyMode}" ` +
    'needs; players of it are refused'
  turn.context.noticeSeldom(`logins ${server.id}`, AGAIN_MS, { level: 'error', message })
  return refuse(turn, facts, { reason: 'server_down' })
}
