import type { Server } from '../config/server.ts'
import type { IntentFacts, Refusal } from '../policy/policy.ts'
import type { Connection } from './connection.ts'

/** Where a connection goes. */
export type Destination =
  | { readonly kind: 'server'; readonly server: Server }
  /** Only a text can be given; `server` where the name belongs to one. */
  | { readonly kind: 'nowhere'; readonly refusal: Refusal; readonly server: Server | undefined }
  | { readonly kind: 'welcome' }
  /** No provider that could know the name has spoken yet. */
  | { readonly kind: 'not-ready' }

/**
 * Finds the destination for the name that the client asked for, and asks whether the client may go there.
 *
 * @returns the refusal of a policy. A name that leads nowhere is none yet: first it is read who is asking.
 */
export function route(connection: Connection, intent: IntentFacts, at: number): Refusal | undefined {
  const destination = destinationOf(connection, intent)
  connection.destination = destination
  if (destination.kind === 'not-ready') return undefined
  return connection.surroundings.policies.admitToServer(connection.clientFacts(at), intent, serverOf(connection))
}

/** Recalls the server, where there is one: for the record and the live view. */
export function serverOf({ destination }: Connection): Server | undefined {
  return destination === undefined || !('server' in destination) ? undefined : destination.server
}

/**
 * Whose texts the client reads: also those of the server that it only named, when it was turned away before anybody asked
 * where it goes. That server's rules are not asked for it.
 */
export function serverOfTexts(connection: Connection): Server | undefined {
  const { destination, intent, surroundings } = connection
  if (destination !== undefined || intent === undefined) return serverOf(connection)
  const found = surroundings.routes.route(intent.domain)
  return 'server' in found ? found.server : undefined
}

function destinationOf(connection: Connection, intent: IntentFacts): Destination {
  const found = connection.surroundings.routes.route(intent.domain)
  switch (found.kind) {
    case 'server':
      return refuseUnauthenticated(intent, found.server) ?? found
    case 'default':
      return refuseUnauthenticated(intent, found.server) ?? { kind: 'server', server: found.server }
    case 'unavailable': {
      const reason = found.server.state === 'starting' ? 'starting' : 'server_down'
      return { kind: 'nowhere', refusal: { reason }, server: found.server }
    }
    case 'reserved':
      return { kind: 'nowhere', refusal: { reason: 'server_down' }, server: undefined }
    case 'none':
      return { kind: 'nowhere', refusal: { reason: 'unknown_domain' }, server: undefined }
    case 'welcome':
    case 'not-ready':
      return { kind: found.kind }
  }
}

/**
 * A proxy that was told to authenticate must not let players in unauthenticated; a list ping does no harm. The log has said
 * so when the server was read.
 */
function refuseUnauthenticated(intent: IntentFacts, server: Server): Destination | undefined {
  const isPing = intent.intent === 'status' || intent.intent === 'legacy_status'
  const asksForAuthentication = server.proxyMode === 'client_only' || server.proxyMode === 'full'
  if (isPing || !asksForAuthentication) return undefined
  const detail = 'This proxy cannot check accounts for that server.'
  return { kind: 'nowhere', refusal: { reason: 'server_down', detail }, server }
}
