import type { Routes } from '../../router/routes.ts'
import type { Server } from '../../server/server.ts'
import { type Facts, serverOf } from '../facts.ts'

/**
 * Whose texts the client reads: also those of the server that it only named, when it was turned away before anybody asked
 * where it goes. That server's rules are not asked for it.
 */
export function serverOfTexts(facts: Facts, routes: Routes): Server | undefined {
  if (facts.destination !== undefined || facts.intent === undefined) return serverOf(facts)
  const found = routes.route(facts.intent.domain)
  return 'server' in found ? found.server : undefined
}
