import type { IntentFacts, Refusal } from '../../policy/facts.ts'
import type { Server } from '../../server/server.ts'
import { type Destination, type Facts, isPing, serverOf } from '../facts.ts'
import { MODES } from '../modes/modes.ts'
import type { Turn } from '../turn.ts'

/** Finds where the name leads that the client asked for. */
export function destinationOf({ context }: Turn, intent: IntentFacts): Destination {
  const found = context.routes.route(intent.domain)
  switch (found.kind) {
    case 'server':
    case 'default':
      return refusedByMode(intent, found.server) ?? { kind: 'server', server: found.server }
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
 * Whether the client may go where its name leads. A name that leads nowhere is no refusal yet: first it is read who is
 * asking. Nothing is asked before a provider could know the name.
 */
export function admitToServer(turn: Turn, facts: Facts & { readonly intent: IntentFacts }): Refusal | undefined {
  if (facts.destination?.kind === 'not-ready') return undefined
  return turn.context.policies.admitToServer(turn.clientFacts(facts), facts.intent, serverOf(facts))
}

/** A mode that cannot serve logins keeps its server's name, and its pings. The log has said so when the server was read. */
function refusedByMode(intent: IntentFacts, server: Server): Destination | undefined {
  const mode = MODES[server.proxyMode]
  if (mode.kind === 'served' || isPing(intent)) return undefined
  return { kind: 'nowhere', refusal: { reason: 'server_down', detail: mode.detail }, server }
}
