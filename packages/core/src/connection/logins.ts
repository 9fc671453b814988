import type { Inflate } from '@infrarust/minecraft'
import type { Authentication } from '../auth/authentication.ts'
import type { BackendLogin } from '../forwarding/forwarding.ts'
import type { Server } from '../server/server.ts'

/** What the modes that take part in a login ask of their surroundings. */
export interface Logins {
  /** Undefined where players cannot be authenticated: not yet, or not by this Node. The log has said which. */
  readonly authentication: Authentication | undefined
  /** Undefined where its secret is not there. The log has said so. */
  backendLogin(server: Server): BackendLogin | undefined
  /** `inflateSync` of Node, bounded: see `Inflate`. */
  readonly inflate: Inflate
  /** The UUID that a server in offline mode gives to a name. */
  offlineUuid(name: string): string
}
