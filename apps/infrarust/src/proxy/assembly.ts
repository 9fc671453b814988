import { dirname } from 'node:path'
import { banPolicy, OwnEndpoints } from '@infrarust/core'
import type { BanStore } from '@infrarust/core/ban-store'
import type { MetricSources, Metrics } from '../admin/metrics.ts'
import type { Configuration } from '../configuration.ts'
import { EventHub } from '../events/event-hub.ts'
import type { Log } from '../log/logger.ts'
import { admin } from '../parts/admin.ts'
import { BanEnforcement } from '../parts/ban-enforcement.ts'
import { changeLog } from '../parts/change-log.ts'
import { ConnectionLog } from '../parts/connection-log.ts'
import { DataFolder } from '../parts/data-folder.ts'
import { descriptorWarning } from '../parts/descriptor-warning.ts'
import { EventSources } from '../parts/event-sources.ts'
import { HealthChecks } from '../parts/health-checks.ts'
import { History } from '../parts/history.ts'
import { KeyNews } from '../parts/key-news.ts'
import { MaintenanceSwitch } from '../parts/maintenance-switch.ts'
import { type MismatchHint, mismatchHint } from '../parts/mismatch-hint.ts'
import { Names } from '../parts/names.ts'
import { Parts } from '../parts/parts.ts'
import { PlayerLogins } from '../parts/player-logins.ts'
import { RecentLog } from '../parts/recent-log.ts'

import { Reloads } from '../parts/reloads.ts'
import { Rules } from '../parts/rules.ts'
import { SeenHeaders } from '../parts/seen-headers.ts'
import { serverLog } from '../parts/server-log.ts'
import { ServersPower } from '../parts/server-power.ts'
import { Statuses } from '../parts/statuses.ts'
import { Trust } from '../parts/trust.ts'
import { UnreachedServers } from '../parts/unreached-servers.ts'
import { Web } from '../parts/web.ts'
import { Webhooks } from '../parts/webhooks.ts'
import { youngGeneration } from '../parts/young-generation.ts'
import { Providers } from './providers.ts'
import { Servers } from './servers.ts'
import { Traffic } from './traffic.ts'
import { firstRunRoutes } from './welcome.ts'

export interface AssemblyOptions {
  readonly configuration: Extract<Configuration, { kind: 'loaded' }>
  readonly log: Log
  /** Closed with the parts. */
  readonly bans: BanStore
  /** Where `[admin]` is to be served. */
  readonly metrics: ((sources: MetricSources) => Metrics) | undefined
  /** Why nobody is let in now; undefined where players are. */
  readonly closed: () => string | undefined
}

/** What a proxy is made of, put together; nothing of it runs yet. */
export interface Assembly {
  readonly servers: Servers
  readonly traffic: Traffic
  /** All of them; those that somebody asks for more than that stand beside it. */
  readonly parts: Parts
  readonly data: DataFolder
  readonly reloads: Reloads
  readonly eventSources: EventSources
  readonly unreached: UnreachedServers
  readonly maintenance: MaintenanceSwitch
  readonly power: ServersPower
  readonly seenHeaders: SeenHeaders
  readonly trust: Trust
  readonly web: Web
  readonly events: EventHub
  readonly history: History
  readonly recentLog: RecentLog
  readonly mismatches: Pick<MismatchHint, 'found'>
  readonly statuses: Statuses
  readonly names: Names
}

/** Makes the parts, and tells them what happens to servers and connections. A new part is its file and a line in the list. */
export function assemble({ configuration, log, bans, metrics, closed }: AssemblyOptions): Assembly {
  const { path, overrides, loaded } = configuration
  const { config, source } = loaded
  const { logger } = log
  const baseDir = dirname(path)
  const own = new OwnEndpoints()

  const rules = new Rules(config, baseDir, logger, (serverId) => power.isAsleep(serverId))
  const data = new DataFolder({ configFile: path, config, store: bans, logger })
  const maintenance = new MaintenanceSwitch({ configFile: path, config, logger })
  const names = new Names(own, logger)
  const trust = new Trust(config, logger)
  const statuses = new Statuses(config, names.backends, logger)
  const events = new EventHub()
  const power = new ServersPower({
    configFile: path,
    config,
    names: names.backends,
    logger,
    cameUp: (server, status) => {
      names.backends.refresh(server)
      statuses.cache.cameUp(server, status)
      traffic.gateway.cameUp(server)
    },
    phaseChanged: ({ id: server }, before, after) =>
      events.emit('server.state_change', (at) => ({ kind: 'server.state_change', at, server, before, after })),
  })
  const reloads = new Reloads()
  const seenHeaders = new SeenHeaders()
  const web = new Web({ configFile: path, config, logger })
  const { environment } = overrides
  const logins = new PlayerLogins({ config, configFile: path, environment, logger })
  const connectionLog = new ConnectionLog(config, logger, () => rules.clientPrefixes)

  const providers = new Providers(config, baseDir, environment)
  const servers = new Servers(providers, logger, (now, diff) => parts.useServers(now, diff))
  const { registry } = servers
  const traffic = new Traffic({
    config,
    own,
    policies: [...rules.policies([banPolicy(data.bans.bans), maintenance.policy]), power.policy],
    statuses: statuses.cache,
    managed: power,
    logins,
    routes: logins.routes(firstRunRoutes(registry, source === 'defaults')),
    endpoints: names.backends,
    trusted: trust,
    record: (record, headerFault) => parts.record(record, headerFault),
    notice: (notice) => connectionLog.notice(notice),
    logger,
  })
  const { gateway, transport } = traffic
  const mismatches = mismatchHint(registry, names.backends, logger)
  const history = new History({ config, gateway, events })
  const recentLog = new RecentLog(config, log)
  const eventSources = new EventSources({ events, gateway, bans: data.bans })
  const unreached = new UnreachedServers({ gateway, events, now: () => transport.now() })
  const sizes = (): Readonly<Record<string, number>> => parts.sizes()

  // Each is told of everything, and stopped, in this order: what acts, then what counts, then what writes lines about it, so
  // that whoever has read a line finds it in force, and counted. Only the lines about a change of the configuration come
  // before what the others have to say about it. The bans are closed last, when nobody can ask for them any more.
  const parts = new Parts([
    reloads,
    changeLog(log),
    descriptorWarning(config, logger),
    rules,
    maintenance,
    trust,
    names,
    statuses,
    logins,
    power,
    ...admin(config, { metrics, log, registry, gateway, transport, statuses, logins, power, sizes, closed }),
    seenHeaders,
    new HealthChecks(config, trust, logger),
    mismatches,
    history,
    recentLog,
    connectionLog,
    serverLog(logger),
    new KeyNews(config, path, logger),
    new BanEnforcement(config, data.bans, gateway, logger),
    eventSources,
    unreached,
    new Webhooks(config, events, logger),
    web,
    youngGeneration(),
    data,
  ])
  return {
    servers,
    traffic,
    parts,
    data,
    reloads,
    maintenance,
    power,
    seenHeaders,
    trust,
    web,
    events,
    eventSources,
    unreached,
    history,
    recentLog,
    mismatches,
    statuses,
    names,
  }
}
