import type { AccessRecord, LiveConnection, ProviderStatus } from '@infrarust/core'
import type { ManagedView } from '@infrarust/server-manager'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { countBy, isSession } from '../proxy/sessions.ts'
import { ConnectionMetrics, GONE } from './connection-metrics.ts'
import { RelayedBytes } from './relayed-bytes.ts'

/** What the metrics look at when they are asked for. */
export interface MetricSources {
  build(): { readonly version: string; readonly transport: string }
  /** Ids of the servers that are configured. */
  servers(): readonly string[]
  live(): readonly LiveConnection[]
  providers(): readonly ProviderStatus[]
  /** What the rules hold, by name: `bans`, `filter_networks`, …. */
  sizes(): Readonly<Record<string, number>>
  /** Those that are started and stopped here. */
  power(): readonly ManagedView[]
  statusCache(): Readonly<Record<'hit' | 'stale' | 'miss', number>>
  /** Lines dropped, by output of the log. */
  droppedLines(): Readonly<Record<string, number>>
}

/**
 * The figures of a running proxy for Prometheus. The hot path pays for one call at the end of a connection; all else is
 * looked up when somebody asks.
 */
export class Metrics {
  readonly #registry = new Registry()
  readonly #connections: ConnectionMetrics
  readonly #bytes = new RelayedBytes()
  readonly #reloads: Counter<'result'>
  readonly #reloadGood: Gauge
  readonly #reloadTime: Gauge
  readonly #sessionServer: Histogram<'result'>
  #servers: ReadonlySet<string> = new Set()

  constructor(sources: MetricSources) {
    const registers = [this.#registry]
    this.#connections = new ConnectionMetrics(this.#registry)
    this.#reloads = new Counter({
      name: 'infrarust_config_reloads_total',
      help: 'Changes of infrarust.toml that were taken over or refused.',
      labelNames: ['result'],
      registers,
    })
    this.#reloadGood = new Gauge({
      name: 'infrarust_config_last_reload_successful',
      help: 'Whether the configuration as it stands in the file is in force.',
      registers,
    })
    this.#reloadTime = new Gauge({
      name: 'infrarust_config_last_reload_success_timestamp_seconds',
      help: 'When the configuration in force was read.',
      registers,
    })
    this.#sessionServer = new Histogram({
      name: 'infrarust_session_server_duration_seconds',
      help: 'How long the session server took to say who a player is, by what it said.',
      labelNames: ['result'],
      buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    })
    this.reloaded(true, 0)
    this.#scraped(sources)
    collectDefaultMetrics({ register: this.#registry })
    // Gauges with the ending of counters: Prometheus complains about them.
    for (const name of ['handles', 'requests', 'resources'])
      this.#registry.removeSingleMetric(`nodejs_active_${name}_total`)
  }

  /** One connection has ended. */
  record(record: AccessRecord, headerFault: string | undefined): void {
    const server = this.#labelOf(record.server ?? '')
    this.#connections.record(record, server, headerFault)
    if (server !== '') this.#bytes.record(record, server)
  }

  /** The servers that are configured now; what is known of others is dropped. */
  useServers(servers: readonly string[]): void {
    const before = this.#servers
    this.#servers = new Set(servers)
    for (const server of before) {
      if (this.#servers.has(server)) continue
      void this.#connections.forget(server)
      this.#bytes.forget(server)
    }
  }

  /** @param count 0 for the configuration that the process has started with */
  reloaded(isGood: boolean, count = 1): void {
    this.#reloads.inc({ result: isGood ? 'taken' : 'refused' }, count)
    this.#reloads.inc({ result: isGood ? 'refused' : 'taken' }, 0)
    this.#reloadGood.set(isGood ? 1 : 0)
    if (isGood) this.#reloadTime.setToCurrentTime()
  }

  /** The session server has answered, or could not be asked. */
  sessionServerAnswered(result: 'joined' | 'not-joined' | 'unavailable', seconds: number): void {
    this.#sessionServer.observe({ result: result.replace('-', '_') }, seconds)
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  text(): Promise<string> {
    return this.#registry.metrics()
  }

  #labelOf(server: string): string {
    return server === '' || this.#servers.has(server) ? server : GONE
  }

  /** Figures that are looked up at each scrape. */
  #scraped(sources: MetricSources): void {
    const { build, servers, live, providers, sizes, power, statusCache, droppedLines } = sources
    this.#gauge('infrarust_build_info', 'Which build runs, on what.', ['version', 'node', 'transport'], (set) =>
      set({ ...build(), node: process.versions.node }, 1),
    )
    this.#gauge('infrarust_sessions', 'Sessions that are relayed.', ['server'], (set) => {
      const sessions = countBy(live().filter(isSession), ({ server = '' }) => this.#labelOf(server))
      for (const server of new Set([...servers(), ...sessions.keys()])) set({ server }, sessions.get(server) ?? 0)
    })
    this.#gauge('infrarust_open_connections', 'Connections that are there, by phase.', ['state'], (set) => {
      for (const [state, count] of countBy(live(), ({ state }) => state)) set({ state }, count)
    })
    this.#counter(
      'infrarust_relayed_bytes_total',
      'Bytes from clients (in) and to clients (out) of connections that have reached a server.',
      ['server', 'direction'],
      (set) => {
        for (const [server, bytes] of this.#bytes.totals(live(), (id) => this.#labelOf(id))) {
          set({ server, direction: 'in' }, bytes.in)
          set({ server, direction: 'out' }, bytes.out)
        }
      },
    )
    this.#gauge('infrarust_provider_state', 'Which state a provider is in.', ['provider', 'state'], (set) => {
      for (const { name, state } of providers())
        for (const each of ['waiting', 'serving', 'failing'])
          set({ provider: name, state: each }, each === state ? 1 : 0)
    })
    this.#gauge('infrarust_provider_servers', 'Good servers of a provider.', ['provider'], (set) => {
      for (const { name, servers: ids } of providers()) set({ provider: name }, ids.length)
    })
    this.#gauge('infrarust_provider_problems', 'Definitions rejected, and conflicts.', ['provider'], (set) => {
      for (const { name, problems, conflicts } of providers())
        set({ provider: name }, problems.length + conflicts.length)
    })
    this.#gauge('infrarust_rules_size', 'What filters, bans and limits hold.', ['what'], (set) => {
      for (const [what, size] of Object.entries(sizes())) set({ what }, size)
    })
    this.#gauge(
      'infrarust_server_power',
      'Which state a server is in that is started and stopped here.',
      ['server', 'state'],
      (set) => {
        for (const { id, phase } of power())
          for (const state of ['unknown', 'sleeping', 'starting', 'online', 'stopping', 'crashed'])
            set({ server: id, state }, state === phase ? 1 : 0)
      },
    )
    this.#gauge('infrarust_server_waiting', 'Players who wait for a server to start.', ['server'], (set) => {
      for (const { id, waiting } of power()) set({ server: id }, waiting)
    })
    this.#gauge('infrarust_server_ready_seconds', 'How long its last start took.', ['server'], (set) => {
      for (const { id, lastReadySeconds } of power())
        if (lastReadySeconds !== undefined) set({ server: id }, lastReadySeconds)
    })
    this.#counter('infrarust_server_starts_total', 'Starts that were ordered.', ['server'], (set) => {
      for (const { id, starts } of power()) set({ server: id }, starts)
    })
    this.#counter(
      'infrarust_server_failures_total',
      'Starts that failed, and servers that ended by themselves.',
      ['server'],
      (set) => {
        for (const { id, failures } of power()) set({ server: id }, failures)
      },
    )
    this.#counter('infrarust_status_cache_total', 'List pings by what the cache had.', ['result'], (set) => {
      for (const [result, count] of Object.entries(statusCache())) set({ result }, count)
    })
    this.#counter('infrarust_log_dropped_lines_total', 'Lines for which there was no room.', ['output'], (set) => {
      for (const [output, lines] of Object.entries(droppedLines())) set({ output }, lines)
    })
  }

  #gauge<Label extends string>(name: string, help: string, labelNames: Label[], collect: Collect<Label>): void {
    new Gauge({
      ...{ name, help, labelNames, registers: [this.#registry] },
      collect() {
        this.reset()
        collect((labels, value) => this.set(labels, value))
      },
    })
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[], collect: Collect<Label>): void {
    new Counter({
      ...{ name, help, labelNames, registers: [this.#registry] },
      collect() {
        this.reset()
        collect((labels, value) => this.inc(labels, value))
      },
    })
  }
}

type Collect<Label extends string> = (set: (labels: Record<Label, string>, value: number) => void) => void
