import type { Policy } from '../policy/policy.ts'
import type { Server } from './server.ts'

/** A rule as the gateway asks it, with all that there is to know about a server. */
export type ServerPolicy = Policy<Server>
