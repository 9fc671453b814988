import { dirname } from 'node:path'
import { type AccessRecord, type BackendNames, type FetchedStatus, type Server, statusFetcher } from '@infrarust/core'
import type { ClientFacts, Policy } from '@infrarust/core/policy'
import type { JoinAnswer, JoiningLogin, ManagedServers, ServerPhase, ServerSight } from '@infrarust/core/server-power'
import type { ManagedView, ServerManager } from '@infrarust/server-manager'
import type { Logger } from 'pino'
import type { CustomCode } from '../custom-code/culprit.ts'
import { dataPaths } from '../data-paths.ts'
import type { Config } from '../program-keys.ts'
import { dockerPlace } from '../server-power/docker-place.ts'
import type { PowerModules } from '../server-power/module-code.ts'
import type { Part } from './part.ts'

type PowerConfig = Pick<Config, 'dataDir' | 'ban' | 'control' | 'wake' | 'builtInProviders'>

export interface ServersPowerOptions {
  /** Absolute. */
  readonly configFile: string
  readonly config: PowerConfig
  readonly names: BackendNames
  readonly logger: Logger
  /** A server has just answered: what is remembered of its failures is out of date. */
  readonly cameUp: (server: Server, status: FetchedStatus | undefined) => void
  /** It sleeps, starts, is online, stops, or has crashed, from now on. */
  readonly phaseChanged: (server: Server, from: ServerPhase, phase: ServerPhase) => void
}

/**
 * The servers that sleep. What starts and stops them is loaded with the first server that has a manager; players of it wait
 * for that, too.
 */
export class ServersPower implements Part, ManagedServers {
  readonly #options: ServersPowerOptions
  #config: PowerConfig
  #servers: readonly Server[] = []
  /** Those with a manager. */
  #managed: ReadonlySet<string> = new Set()
  #manager: ServerManager | undefined
  #modules: PowerModules | undefined
  #loading: Promise<void> | undefined
  #problem: string | undefined
  #isStopped = false

  constructor(options: ServersPowerOptions) {
    this.#options = options
    this.#config = options.config
  }

  /** Is told of the end of each connection. */
  get policy(): Policy {
    return {
      name: 'server_manager',
      released: (client: ClientFacts, record: AccessRecord) => this.#manager?.released(client, record),
    }
  }

  sight(serverId: string): ServerSight | undefined {
    if (!this.#managed.has(serverId)) return undefined
    if (this.#manager !== undefined) return this.#manager.sight(serverId)
    return { phase: 'unknown', elapsedMs: 0, etaMs: undefined, waiting: 0 }
  }

  join(login: JoiningLogin): JoinAnswer {
    if (!this.#managed.has(login.serverId)) return { kind: 'up' }
    if (this.#manager !== undefined) return this.#manager.join(login)
    return { kind: 'wait', done: this.#loading ?? Promise.resolve(), abandon: () => undefined }
  }

  /** Whether players of this server wait until it is up. */
  isAsleep(serverId: string): boolean {
    const phase = this.#managed.size === 0 ? undefined : this.sight(serverId)?.phase
    return phase !== undefined && phase !== 'online'
  }

  /** Modules that are not part of this program, and have run here. */
  get customCode(): readonly CustomCode[] {
    return this.#modules?.customCode ?? []
  }

  list(): readonly ManagedView[] {
    return this.#manager?.list() ?? []
  }

  /** The last lines that a server wrote; undefined where its power has none. */
  async log(serverId: string): Promise<readonly string[] | undefined> {
    return await this.#manager?.log(serverId)
  }

  /** @returns whether there is such a server */
  operator(serverId: string, wants: 'start' | 'stop'): boolean {
    return this.#manager?.operator(serverId, wants) ?? false
  }

  useConfig(config: PowerConfig): void {
    this.#config = config
    this.#manager?.useConfig(config.wake)
  }

  useServers(servers: readonly Server[]): void {
    if (this.#isStopped) return
    this.#servers = servers
    this.#managed = new Set(servers.flatMap(({ id, serverManager }) => (serverManager === undefined ? [] : [id])))
    if (this.#manager !== undefined) this.#manager.useServers(servers)
    else if (this.#managed.size > 0) this.#loading ??= this.#load()
  }

  problems(): readonly string[] {
    return this.#problem === undefined ? [] : [this.#problem]
  }

  /** Players are gone by now: what this proxy runs itself is stopped. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#loading
    await this.#manager?.close()
  }

  async #load(): Promise<void> {
    const { names, logger, configFile, cameUp, phaseChanged } = this.#options
    try {
      const { ServerManager, listPinger, PowerModules, powerTypes } = await import('../server-power/load-manager.ts')
      const modules = new PowerModules()
      this.#modules = modules
      const ping = listPinger(statusFetcher(names))
      const manager = new ServerManager({
        wake: this.#config.wake,
        // `[docker]` may name another engine while the proxy runs.
        types: powerTypes(() => dockerPlace(this.#config, dirname(configFile)), modules),
        stateFolder: dataPaths(this.#config, configFile).servers,
        baseDir: dirname(configFile),
        notice: ({ level, message }) => logger[level]({ event: 'server_manager' }, message),
        ping: async (server) => {
          const pinged = await ping(server)
          // The name of a container has an address only while it runs.
          if (!pinged.isUp) names.refresh(server)
          return pinged
        },
        cameUp,
        phaseChanged,
      })
      manager.useServers(this.#servers)
      this.#manager = manager
    } catch (error) {
      this.#managed = new Set()
      this.#problem = `servers cannot be started and stopped: ${error instanceof Error ? error.message : String(error)}`
      logger.error({ event: 'server_manager' }, this.#problem)
    }
  }
}
