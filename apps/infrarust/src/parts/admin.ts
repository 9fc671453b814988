import type { AccessRecord, Gateway, ProviderRegistry, Server } from '@infrarust/core'
import type { Transport } from '@infrarust/core/transport'
import type { Logger } from 'pino'
import { openAdmin } from '../admin/admin.ts'
import type { AdminConfig } from '../admin/admin-keys.ts'
import type { AdminServer } from '../admin/admin-server.ts'
import type { MetricSources, Metrics } from '../admin/metrics.ts'
import type { Log } from '../log/logger.ts'
import type { Config } from '../program-keys.ts'
import { version } from '../version.ts'
import type { Part } from './part.ts'
import type { PlayerLogins } from './player-logins.ts'
import type { ServersPower } from './server-power.ts'
import type { Statuses } from './statuses.ts'

/** What metrics and health look at. */
export interface AdminSources {
  /** Undefined where `[admin]` is not to be served: nobody loads the code for it then. */
  readonly metrics: ((sources: MetricSources) => Metrics) | undefined
  readonly log: Log
  readonly registry: Pick<ProviderRegistry, 'servers' | 'status'>
  readonly gateway: Pick<Gateway, 'live'>
  readonly transport: Pick<Transport, 'kind'>
  readonly statuses: Pick<Statuses, 'cache'>
  readonly logins: Pick<PlayerLogins, 'watch'>
  readonly power: Pick<ServersPower, 'list'>
  /** Of all parts. */
  readonly sizes: () => Readonly<Record<string, number>>
  /** What keeps players out as far as the listeners go: `not listening yet`; undefined where nothing does. */
  readonly closed: () => string | undefined
}

/** Metrics and health, where `[admin]` wants them. */
export function admin({ admin: config }: Config, sources: AdminSources): readonly Part[] {
  const { metrics } = sources
  return config.bind === undefined || metrics === undefined ? [] : [new Admin(config, config.bind, metrics, sources)]
}

class Admin implements Part {
  readonly #bind: NonNullable<AdminConfig['bind']>
  readonly #logger: Logger
  readonly #registry: AdminSources['registry']
  readonly #closed: AdminSources['closed']
  readonly #metrics: Metrics
  #allowedHosts: readonly string[]
  #server: AdminServer | undefined
  /** Whether there was a moment in which every provider had given its list. One that is added later is not waited for. */
  #haveProvidersLoaded = false

  constructor(
    { allowedHosts }: AdminConfig,
    bind: NonNullable<AdminConfig['bind']>,
    metrics: NonNullable<AdminSources['metrics']>,
    sources: AdminSources,
  ) {
    const { log, registry, gateway, transport, statuses, logins, power, sizes, closed } = sources
    this.#bind = bind
    this.#logger = log.logger
    this.#registry = registry
    this.#closed = closed
    this.#allowedHosts = allowedHosts
    this.#metrics = metrics({
      build: () => ({ version: version(), transport: transport.kind }),
      servers: () => registry.servers.map(({ id }) => id),
      live: () => gateway.live(),
      providers: () => registry.status(),
      sizes,
      power: () => power.list(),
      statusCache: () => statuses.cache.answers,
      droppedLines: () => Object.fromEntries(log.outputs.map(({ name, dropped }) => [name, dropped])),
    })
    logins.watch((result, seconds) => this.#metrics.sessionServerAnswered(result, seconds))
  }

  async start(): Promise<void> {
    this.#server = await openAdmin({
      bind: this.#bind,
      allowedHosts: () => this.#allowedHosts,
      metrics: this.#metrics,
      notReady: () => this.#notReady(),
      logger: this.#logger,
    })
  }

  readConfig({ kind }: { readonly kind: 'reloaded' | 'refused' }): void {
    this.#metrics.reloaded(kind === 'reloaded')
  }

  useConfig({ admin: { allowedHosts } }: Config): void {
    this.#allowedHosts = allowedHosts
  }

  useServers(servers: readonly Server[]): void {
    this.#haveProvidersLoaded ||= this.#registry.status().every(({ hasList }) => hasList)
    this.#metrics.useServers(servers.map(({ id }) => id))
  }

  record(record: AccessRecord, headerFault: string | undefined): void {
    this.#metrics.record(record, headerFault)
  }

  stop(): void {
    this.#server?.close()
  }

  #notReady(): readonly string[] {
    const closed = this.#closed()
    const silent = this.#haveProvidersLoaded ? [] : this.#registry.status().filter(({ hasList }) => !hasList)
    return [
      ...(closed === undefined ? [] : [closed]),
      ...silent.map(({ name }) => `provider "${name}" has not given its list yet`),
    ]
  }
}
