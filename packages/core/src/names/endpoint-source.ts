import type { Server } from '../server/server.ts'
import type { Endpoints } from './backend-names.ts'

/** The addresses of a server, names resolved, in the order of failover. */
export interface EndpointSource {
  of(server: Server): Endpoints
}
