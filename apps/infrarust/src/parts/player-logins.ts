import { type BackendLogin, type Logins, logsInForPlayers, type Routes, type Server } from '@infrarust/core'
import type { LoginService, LoginServiceOptions } from '../logins/login-service.ts'
import type { AnswerWatcher } from '../logins/metered-session-server.ts'
import type { Config } from '../program-keys.ts'
import type { Part } from './part.ts'

/** The logins in which the proxy takes part. What they need is loaded with the first server that has them. */
export class PlayerLogins implements Part, Logins {
  readonly #options: LoginServiceOptions
  #config: Config
  #servers: readonly Server[] = []
  #service: LoginService | undefined
  #watcher: AnswerWatcher | undefined
  /** Until the first player can be served; undefined where nothing is under way. */
  #pending: Promise<void> | undefined

  constructor(options: LoginServiceOptions) {
    this.#options = options
    this.#config = options.config
  }

  get authentication(): Logins['authentication'] {
    return this.#service?.authentication
  }

  backendLogin(server: Server): BackendLogin | undefined {
    return this.#service?.backendLogin(server)
  }

  inflate(data: Uint8Array, maxOutputBytes: number): Uint8Array {
    return this.#loaded().inflate(data, maxOutputBytes)
  }

  offlineUuid(name: string): string {
    return this.#loaded().offlineUuid(name)
  }

  /** Has somebody told of each answer of the session server. */
  watch(watcher: AnswerWatcher): void {
    this.#watcher = watcher
  }

  useConfig(config: Config): void {
    this.#config = config
    this.#service?.useConfig(config)
  }

  useServers(servers: readonly Server[]): void {
    this.#servers = servers.filter(({ proxyMode }) => logsInForPlayers(proxyMode))
    this.#service?.useServers(this.#servers)
    const needsKey = this.#servers.some(({ proxyMode }) => proxyMode === 'client_only')
    const isThere = this.#service !== undefined && (!needsKey || this.#service.isKeySettled)
    if (this.#servers.length === 0 || isThere || this.#pending !== undefined) return
    this.#pending = this.#prepare(needsKey).then(() => {
      this.#pending = undefined
      // Meanwhile there may be the first one that needs the key.
      this.useServers(this.#servers)
    })
  }

  readNow(): Promise<readonly string[]> {
    this.#service?.readNow()
    return Promise.resolve([])
  }

  problems(): readonly string[] {
    return this.#service?.problems() ?? []
  }

  stop(): void {
    this.#service?.stop()
  }

  /** The same routes, but who wants a server whose players the proxy logs in waits until it can: some milliseconds, once. */
  routes(routes: Routes): Routes {
    return {
      route: (domain) => {
        const route = routes.route(domain)
        if (this.#pending === undefined || !('server' in route) || !logsInForPlayers(route.server.proxyMode))
          return route
        return { kind: 'not-ready' }
      },
      nextTable: () => this.#pending ?? routes.nextTable(),
    }
  }

  async #prepare(needsKey: boolean): Promise<void> {
    if (this.#service === undefined) {
      const { LoginService } = await import('../logins/login-service.ts')
      this.#service = new LoginService({
        ...this.#options,
        config: this.#config,
        watcher: () => this.#watcher,
      })
      this.#service.useServers(this.#servers)
    }
    if (needsKey) await this.#service.makeKey()
  }

  /** A login that needs it was admitted by what this has loaded. */
  #loaded(): LoginService {
    if (this.#service === undefined) throw new Error('a login went on before what it needs was loaded')
    return this.#service
  }
}
