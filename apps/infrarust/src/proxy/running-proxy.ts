import { setTimeout as wait } from 'node:timers/promises'
import { type GatewayWatch, watchGatewayConfig } from '@infrarust/config-file'
import type { Server } from '@infrarust/core'
import { loadApi, loadPublicRoutes, loadRoutesPage } from '../control/load-api.ts'
import type { CustomCode } from '../custom-code/culprit.ts'
import { providerProblems, type Reloaded } from '../parts/reloads.ts'
import { type Config, PROGRAM_KEYS } from '../program-keys.ts'
import type { Systemd } from '../systemd.ts'
import type { LiveProxy } from '../verbs/live-proxy.ts'
import { type Assembly, type AssemblyOptions, assemble } from './assembly.ts'

export interface ProxyOptions extends Omit<AssemblyOptions, 'closed'> {
  /** Told of each reload that somebody asks for. */
  readonly systemd: Pick<Systemd, 'reloading'>
}

/** The life of the proxy: what its parts are told, and when. What they are is said in `assembly.ts`. */
export class RunningProxy {
  readonly #options: ProxyOptions
  readonly #made: Assembly
  readonly #watch: GatewayWatch
  readonly #watching = new AbortController()
  readonly #endNow = new AbortController()
  readonly #startedAt = Date.now()
  /** Why nobody is let in now. */
  #closed: string | undefined = 'not listening yet'
  /** From then on it does not become ready any more, also where it was about to. */
  #isStopping = false
  #config: Config

  constructor(options: ProxyOptions) {
    const { configuration, log } = options
    this.#options = options
    this.#config = configuration.loaded.config
    this.#made = assemble({ ...options, closed: () => this.#closed })
    // Nobody should believe that a key acts which does not.
    for (const { message } of configuration.loaded.warnings) log.logger.warn(message)
    this.#watch = this.#follow(configuration)
  }

  /**
   * Starts the providers and binds every listener.
   *
   * @throws {ListenError} for the first address that cannot be bound; call `stop` then
   */
  async start(): Promise<void> {
    const { parts, servers, traffic, data, web } = this.#made
    await parts.start()
    // Before the first connection, which would else be told that there is no server.
    servers.use(this.#config)
    await traffic.listen(this.#config)
    if (!this.#isStopping) this.#closed = undefined
    await data.listen(() => loadApi(this.#live()))
    await web.listen({ loadApi: () => loadApi(this.#live()), loadPublicRoutes, loadRoutesPage })
  }

  /** Takes over what changes in `infrarust.toml` while the proxy runs. */
  #follow({ path, overrides, loaded }: ProxyOptions['configuration']): GatewayWatch {
    return watchGatewayConfig({
      path,
      overrides,
      program: PROGRAM_KEYS,
      running: loaded,
      signal: this.#watching.signal,
      report: (message) => this.#options.log.logger.warn(message),
      onChange: (change) => {
        this.#made.parts.readConfig(change)
        if (change.kind === 'reloaded') this.#use(change.config)
      },
    })
  }

  #use(config: Config): void {
    const { parts, traffic, servers } = this.#made
    this.#config = config
    parts.useConfig(config)
    traffic.use(config)
    servers.use(config)
  }

  /** Reads `infrarust.toml`, the server files and what the parts read, again and now. */
  async reload(): Promise<Reloaded> {
    const { reloads, eventSources } = this.#made
    return await this.#options.systemd.reloading(() =>
      eventSources.reloading(() => reloads.collect(() => this.#readAll())),
    )
  }

  /** @returns what is wrong now, and what could not be had, one line each */
  async #readAll(): Promise<readonly string[]> {
    const { parts, servers } = this.#made
    const before = this.#config
    await this.#watch.readNow()
    await servers.readNow()
    const undone = await parts.readNow(this.#config !== before)
    return [...parts.problems(), ...undone, ...providerProblems(servers.registry.status())]
  }

  /**
   * Says to whoever asks for `/readyz` that nobody should be sent here any more, and waits as long as `[shutdown] delay` gives
   * them to notice: until then everybody who comes is let in.
   */
  async announceStop(): Promise<void> {
    this.#isStopping = true
    this.#closed = 'shutting down'
    const { delayMs } = this.#config.shutdown
    // Cut short by `endNow`, for somebody who is in a hurry.
    if (delayMs > 0) await wait(delayMs, undefined, { signal: this.#endNow.signal }).catch(() => undefined)
  }

  /** From its end on nobody is accepted any more, and those who have no server yet are told so. */
  async stopAccepting(): Promise<void> {
    const { parts, servers, traffic } = this.#made
    this.#watching.abort()
    this.#isStopping = true
    this.#closed = 'shutting down'
    const unreachable = parts.stopListening()
    servers.stop()
    await traffic.stopListening()
    await unreachable
  }

  /** Sessions go on for at most `timeoutMs`, then they are ended. Every connection has had its record when this resolves. */
  async stop(timeoutMs: number): Promise<void> {
    await this.stopAccepting()
    await this.#made.traffic.stop(timeoutMs, this.#endNow.signal)
    await this.#made.parts.stop()
  }

  /** Has `stop` wait for nobody any more. */
  endNow(): void {
    this.#endNow.abort()
  }

  /** What is served, once every provider has given its first list or was waited for long enough. */
  servers(): Promise<readonly Server[]> {
    return this.#made.servers.settled()
  }

  /** Connections that are there. */
  get size(): number {
    return this.#made.traffic.gateway.size
  }

  /** What is not part of this program, and has run here: providers, server managers. */
  get customCode(): readonly CustomCode[] {
    const { servers, power } = this.#made
    return [...servers.customCode, ...power.customCode]
  }

  get shutdownTimeoutMs(): number {
    return this.#config.shutdownTimeoutMs
  }

  get shutdownDelayMs(): number {
    return this.#config.shutdown.delayMs
  }

  /** What commands see of all this. */
  #live(): LiveProxy {
    const {
      parts,
      servers,
      traffic,
      reloads,
      seenHeaders,
      trust,
      data,
      maintenance,
      power,
      web,
      events,
      history,
      unreached,
      recentLog,
      mismatches,
      statuses,
      names,
    } = this.#made
    return {
      bans: data.bans,
      maintenance,
      power,
      gateway: traffic.gateway,
      transport: traffic.transport,
      registry: servers.registry,
      logger: this.#options.log.logger,
      seenHeaders,
      trust,
      web,
      events,
      history,
      unreached,
      recentLog,
      mismatches,
      statuses: statuses.cache,
      names: names.backends,
      configuration: this.#options.configuration,
      startedAt: this.#startedAt,
      config: () => this.#config,
      problems: () => parts.problems(),
      needRestart: () => reloads.needRestart,
      reload: () => this.reload(),
    }
  }
}
