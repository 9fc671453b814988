import { BackendNames, NameLookup, type OwnEndpoints, type Server } from '@infrarust/core'
import type { Logger } from 'pino'
import type { Part } from './part.ts'

/** The names of backends: looked up for the servers that there are, and kept fresh. */
export class Names implements Part {
  readonly backends: BackendNames

  /** @param own where this proxy listens: a server there would lead back to it */
  constructor(own: OwnEndpoints, logger: Logger) {
    const lookup = new NameLookup()
    this.backends = new BackendNames({
      lookUp: (host, wantsSrv) => lookup.lookUp(host, wantsSrv),
      log: (message) => logger.warn(message),
      isOwn: (endpoint) => own.has(endpoint),
    })
  }

  useServers(servers: readonly Server[]): void {
    this.backends.use(servers)
  }

  stop(): void {
    this.backends.stop()
  }
}
