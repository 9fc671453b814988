import { dirname } from 'node:path'
import { type GatewayWatch, watchGatewayConfig } from '@infrarust/config-file'
import {
  BackendNames,
  banPolicy,
  endpointText,
  Gateway,
  type ListenerConfig,
  NameLookup,
  OwnEndpoints,
  ProviderRegistry,
  type Server,
  StatusCache,
  statusFetcher,
} from '@infrarust/core'
import type { BanStore } from '@infrarust/core/ban-store'
import type { Policy } from '@infrarust/core/policy'
import { LineBounds } from '@infrarust/core/provider'
import { LINGER_MS, type Transport } from '@infrarust/core/transport'
import type { Logger } from 'pino'
import { openAdmin } from '../admin/admin.ts'
import type { AdminServer } from '../admin/admin-server.ts'
import type { MetricSources, Metrics } from '../admin/metrics.ts'
import type { Configuration } from '../configuration.ts'
import { banVerbs } from '../control/verbs/ban-verbs.ts'
import type { CustomCode } from '../custom-code/culprit.ts'
import { diagnoseServer } from '../doctor/diagnose.ts'
import { MismatchHint } from '../doctor/mismatch-hint.ts'
import type { LiveProxy } from '../live/live-proxy.ts'
import { liveVerbs } from '../live/live-verbs.ts'
import { providerProblems, type Reloaded, Reloads } from '../live/reloads.ts'
import { SeenHeaders } from '../live/seen-headers.ts'
import { ConnectionLog } from '../log/connections.ts'
import { HealthChecks } from '../log/health-checks.ts'
import type { Log } from '../log/logger.ts'
import { logMismatch } from '../log/mismatch.ts'
import { ProviderLog } from '../log/providers.ts'
import { logReload } from '../log/reload.ts'
import { logServers } from '../log/servers.ts'
import { type Config, PROGRAM_KEYS, validateServer } from '../program-keys.ts'
import type { Systemd } from '../systemd.ts'
import { version } from '../version.ts'
import { enforceBans } from './bans.ts'
import { DataFolder } from './data-folder.ts'
import { warnOfDescriptors } from './descriptors.ts'
import { drained } from './drain.ts'
import { Providers } from './providers.ts'
import { Rules } from './rules.ts'
import { gatewaySettings, statusCacheSettings } from './settings.ts'
import { chooseTransport } from './transport.ts'
import { firstRunRoutes } from './welcome.ts'

export interface ProxyOptions {
  readonly configuration: Extract<Configuration, { kind: 'loaded' }>
  readonly log: Log
  /** Closed by `stop`. */
  readonly bans: BanStore
  /** Told of each reload that somebody asks for. */
  readonly systemd: Pick<Systemd, 'reloading'>
}

/** One listening address that could not be bound; `cause` is the system's error. */
export class ListenError extends Error {
  readonly listener: ListenerConfig

  constructor(listener: ListenerConfig, cause: unknown) {
    super(`cannot listen on ${listener.name}`, { cause })
    this.listener = listener
  }
}

/** The parts of the proxy, put together; what runs between `start` and `stop`. */
export class RunningProxy {
  readonly #log: Log
  readonly #logger: Logger
  readonly #own = new OwnEndpoints()
  readonly #registry: ProviderRegistry
  readonly #names: BackendNames
  readonly #statuses: StatusCache
  readonly #gateway: Gateway
  readonly #transport: Transport
  readonly #providers: Providers
  readonly #rules: Rules
  readonly #connectionLog: ConnectionLog
  readonly #data: DataFolder
  readonly #systemd: ProxyOptions['systemd']
  readonly #watching = new AbortController()
  readonly #endNow = new AbortController()
  readonly #seenHeaders = new SeenHeaders()
  readonly #healthChecks: HealthChecks
  readonly #reloads = new Reloads()
  readonly #serverLines = new LineBounds()
  readonly #startedAt = Date.now()
  readonly #watch: GatewayWatch
  /** From `start` on, where `[admin]` is to be served. */
  #metrics: Metrics | undefined
  #admin: AdminServer | undefined
  #isListening = false
  /** Whether there was a moment in which every provider had given its list. One that is added later is not waited for. */
  #haveProvidersLoaded = false
  #config: Config

  constructor({ configuration, log, bans, systemd }: ProxyOptions) {
    const { loaded } = configuration
    const { logger } = log
    this.#log = log
    this.#logger = logger
    this.#data = new DataFolder({ configFile: configuration.path, config: loaded.config, store: bans, logger })
    this.#config = loaded.config
    this.#systemd = systemd
    this.#rules = new Rules(loaded.config, dirname(configuration.path), logger)
    this.#healthChecks = new HealthChecks(logger, loaded.config.listeners)
    this.#connectionLog = new ConnectionLog(logger, () => this.#rules.clientPrefixes)
    const lookup = new NameLookup()
    this.#names = new BackendNames({
      lookUp: (host, wantsSrv) => lookup.lookUp(host, wantsSrv),
      log: (message) => logger.warn(message),
      isOwn: (endpoint) => this.#own.has(endpoint),
    })
    this.#statuses = new StatusCache({
      settings: statusCacheSettings(loaded.config),
      fetch: statusFetcher(this.#names),
      notice: ({ level, message }) => logger[level](message),
    })
    const providerLog = new ProviderLog(logger, (name) => this.customCode.some(({ use }) => name.startsWith(use)))
    this.#registry = new ProviderRegistry({
      validate: validateServer,
      log: (notice) => providerLog.write(notice),
      onSwap: (servers, diff) => {
        this.#names.use(servers)
        this.#statuses.use(servers)
        this.#rules.useServers(servers)
        this.#reloads.servers(diff)
        this.#haveProvidersLoaded ||= this.#registry.status().every(({ hasList }) => hasList)
        this.#metrics?.useServers(servers.map(({ id }) => id))
        logServers(logger, diff, this.#serverLines)
      },
    })
    this.#providers = new Providers(loaded.config, dirname(configuration.path))
    const hint = new MismatchHint({
      serverOf: (id) => this.#registry.servers.find((server) => server.id === id),
      diagnose: (server) => diagnoseServer(server, this.#names),
      hint: (diagnosis) => logMismatch(logger, diagnosis),
    })
    this.#gateway = new Gateway({
      settings: gatewaySettings(loaded.config, this.#policies(), this.#statuses),
      routes: firstRunRoutes(this.#registry, loaded.source === 'defaults'),
      endpoints: this.#names,
      record: (record, headerFault) => {
        this.#metrics?.record(record, headerFault)
        this.#seenHeaders.record(record)
        this.#healthChecks.record(record)
        hint.record(record)
        this.#connectionLog.record(record, headerFault)
      },
      notice: (notice) => this.#connectionLog.notice(notice),
    })
    this.#transport = chooseTransport(
      loaded.config.transport,
      logger,
    )({
      handler: this.#gateway,
      notice: ({ level, message }) => logger[level](message),
      keepAlive: loaded.config.keepAlive,
    })
    this.#gateway.attach(this.#transport)
    enforceBans(this.#data.bans, this.#gateway, logger, () => this.#config.ban.isLogged)
    // Nobody should believe that a key acts which does not.
    for (const { message } of loaded.warnings) logger.warn(message)
    warnOfDescriptors(loaded.config, logger)
    this.#watch = this.#follow(configuration)
  }

  /**
   * Starts the providers and binds every listener.
   *
   * @throws {ListenError} for the first address that cannot be bound; call `stop` then
   */
  async start(): Promise<void> {
    await this.#openAdmin()
    // Before the first connection, which would else be told that there is no server.
    this.#registry.use(this.#providers.of(this.#config))
    for (const listener of this.#config.listeners) {
      const { name, host, port, proxyProtocol } = listener
      const address = await this.#transport.listen({ name, host, port }).catch((cause: unknown) => {
        throw new ListenError(listener, cause)
      })
      this.#own.add(address)
      const fields = { event: 'listening', listener: name, ...address, proxy_protocol: proxyProtocol.mode }
      this.#logger.info(
        fields,
        `listening on ${endpointText({ host: address.address, port: address.port })}${headerText(listener)}`,
      )
    }
    this.#isListening = true
    await this.#data.listen([...banVerbs(this.#data.bans), ...liveVerbs(this.#live())])
  }

  /** What is served, once every provider has given its first list or was waited for long enough. */
  async servers(): Promise<readonly Server[]> {
    while (this.#registry.route(undefined).kind === 'not-ready') await this.#registry.nextTable()
    return this.#registry.servers
  }

  /** In the order in which they are asked. */
  #policies(): readonly Policy[] {
    return this.#rules.policies([banPolicy(this.#data.bans.bans)])
  }

  /** Connections that are there. */
  get size(): number {
    return this.#gateway.size
  }

  /** Providers that are not part of this program, and have run here. */
  get customCode(): readonly CustomCode[] {
    return this.#providers.customCode
  }

  get shutdownTimeoutMs(): number {
    return this.#config.shutdownTimeoutMs
  }

  /** From its end on nobody is accepted any more, and those who have no server yet are told so. */
  async stopAccepting(): Promise<void> {
    this.#watching.abort()
    this.#isListening = false
    const unreachable = this.#data.stopListening()
    this.#registry.stop()
    // A transport with threads has told by then what happened before, so that no session is mistaken for a dial.
    await this.#transport.stopListening()
    this.#gateway.drain()
    await unreachable
  }

  /** Sessions go on for at most `timeoutMs`, then they are ended. Every connection has had its record when this resolves. */
  async stop(timeoutMs: number): Promise<void> {
    await this.stopAccepting()
    const { signal } = this.#endNow
    await drained(this.#gateway, timeoutMs, signal)
    this.#gateway.cut({ kind: 'matching', matches: () => true }, { reason: 'shutdown' })
    // The last texts are on their way.
    await drained(this.#gateway, LINGER_MS, signal)
    await this.#transport.close()
    this.#admin?.close()
    this.#connectionLog.flush()
    this.#names.stop()
    this.#rules.stop()
    await this.#data.close()
  }

  /** Reads `infrarust.toml` and the server files again, now. */
  async reload(): Promise<Reloaded> {
    const reloaded = await this.#systemd.reloading(() => this.#reloads.collect(() => this.#readAll()))
    return { ...reloaded, problems: [...reloaded.problems, ...providerProblems(this.#registry.status())] }
  }

  /** Has `stop` wait for nobody any more. */
  endNow(): void {
    this.#endNow.abort()
  }

  /** What commands see of all this. */
  #live(): LiveProxy {
    return {
      gateway: this.#gateway,
      registry: this.#registry,
      transport: this.#transport,
      logger: this.#logger,
      seenHeaders: this.#seenHeaders,
      startedAt: this.#startedAt,
      config: () => this.#config,
      problems: () => [...this.#reloads.problems, ...this.#rules.problems],
      reload: () => this.reload(),
    }
  }

  /** @returns what the configuration asks for and could not be had, one line each */
  async #readAll(): Promise<readonly string[]> {
    const before = this.#config
    await this.#watch.readNow()
    await this.#providers.readNow()
    this.#registry.flush()
    await this.#rules.readNow()
    // What failed before may have been mended beside the configuration.
    const undone = await (this.#config === before ? this.#data.use(before) : this.#data.moved())
    return [...undone, ...this.#rules.problems]
  }

  async #openAdmin(): Promise<void> {
    const { bind } = this.#config.admin
    if (bind === undefined) return
    // Loaded here, because a proxy without [admin] has no use for it and its dependencies.
    const { Metrics } = await import('../admin/metrics.ts')
    this.#metrics = new Metrics(this.#metricSources())
    // A change of the configuration may have been refused meanwhile.
    if (this.#reloads.problems.length > 0) this.#metrics.reloaded(false)
    const notReady = (): readonly string[] => this.#notReady()
    this.#admin = await openAdmin({
      bind,
      allowedHosts: () => this.#config.admin.allowedHosts,
      metrics: this.#metrics,
      notReady,
      logger: this.#logger,
    })
  }

  #notReady(): readonly string[] {
    const silent = this.#haveProvidersLoaded ? [] : this.#registry.status().filter(({ hasList }) => !hasList)
    return [
      ...(this.#isListening ? [] : [this.#watching.signal.aborted ? 'shutting down' : 'not listening yet']),
      ...silent.map(({ name }) => `provider "${name}" has not given its list yet`),
    ]
  }

  #metricSources(): MetricSources {
    return {
      build: () => ({ version: version(), transport: this.#transport.kind }),
      servers: () => this.#registry.servers.map(({ id }) => id),
      live: () => this.#gateway.live(),
      providers: () => this.#registry.status(),
      sizes: () => ({ ...this.#rules.sizes, bans: this.#data.bans.bans.list(Date.now()).length }),
      statusCache: () => this.#statuses.answers,
      droppedLines: () => Object.fromEntries(this.#log.outputs.map(({ name, dropped }) => [name, dropped])),
    }
  }

  /** Takes over what changes in `infrarust.toml` while the proxy runs. */
  #follow({ path, overrides, loaded }: ProxyOptions['configuration']): GatewayWatch {
    return watchGatewayConfig({
      path,
      overrides,
      program: PROGRAM_KEYS,
      running: loaded,
      signal: this.#watching.signal,
      report: (message) => this.#logger.warn(message),
      onChange: (change) => {
        this.#reloads.gateway(change)
        logReload(this.#log, change)
        this.#metrics?.reloaded(change.kind !== 'refused')
        if (change.kind === 'refused') return
        this.#config = change.config
        warnOfDescriptors(change.config, this.#logger)
        this.#rules.useConfig(change.config)
        this.#healthChecks.use(change.config.listeners)
        void this.#data.use(change.config)
        this.#statuses.configure(statusCacheSettings(change.config))
        this.#transport.keepAlive(change.config.keepAlive)
        this.#gateway.reconfigure(gatewaySettings(change.config, this.#policies(), this.#statuses))
        this.#registry.use(this.#providers.of(change.config))
      },
    })
  }
}

function headerText({ proxyProtocol: { mode } }: ListenerConfig): string {
  return mode === 'off' ? '' : `, PROXY protocol ${mode}`
}
