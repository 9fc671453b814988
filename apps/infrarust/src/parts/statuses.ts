import {
  type BackendNames,
  type GatewayConfig,
  type Server,
  StatusCache,
  type StatusCacheSettings,
  statusFetcher,
} from '@infrarust/core'
import type { Logger } from 'pino'
import type { Part } from './part.ts'

/** What the server list is answered: fetched from the backends, and kept for a while. */
export class Statuses implements Part {
  readonly cache: StatusCache

  constructor(config: GatewayConfig, names: BackendNames, logger: Logger) {
    this.cache = new StatusCache({
      settings: settingsOf(config),
      fetch: statusFetcher(names),
      notice: ({ level, message }) => logger[level](message),
    })
  }

  useConfig(config: GatewayConfig): void {
    this.cache.configure(settingsOf(config))
  }

  useServers(servers: readonly Server[]): void {
    this.cache.use(servers)
  }
}

function settingsOf({ statusCache, timeouts }: GatewayConfig): StatusCacheSettings {
  return { ...statusCache, statusMs: timeouts.statusMs }
}
