import { createHash } from 'node:crypto'
import { constants, inflateSync } from 'node:zlib'
import {
  type Authentication,
  type BackendLogin,
  type Forwarding,
  forwardingOf,
  type Logins,
  type Server,
} from '@infrarust/core'
import { LoginKey, PlayerAuthentication, SessionServer } from '@infrarust/core/authentication'
import { offlineUuid } from '@infrarust/minecraft'
import type { Logger } from 'pino'
import type { Config } from '../program-keys.ts'
import { type AnswerWatcher, metered } from './metered-session-server.ts'
import { type SecretPlace, secretPlaceOf, withheldFrom } from './secret-place.ts'
import { Secrets } from './secrets.ts'

export interface LoginServiceOptions {
  readonly config: Config
  /** Absolute; need not be there. */
  readonly configFile: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly logger: Logger
  /** Whoever counts the answers of the session server; undefined while nobody does. */
  readonly watcher?: () => AnswerWatcher | undefined
  /** Default: `LoginKey.make`. */
  readonly makeKey?: () => Promise<LoginKey>
}

/** What servers need whose players the proxy logs in. It is loaded for the first of them. */
export class LoginService implements Logins {
  authentication: Authentication | undefined
  readonly #options: LoginServiceOptions
  readonly #secrets: Secrets
  /** Those that were asked before stay open for their last answers. */
  readonly #sessionServers: SessionServer[] = []
  readonly #logins = new WeakMap<Server, BackendLogin | 'no-secret'>()
  readonly #warned = new Set<string>()
  #config: Config
  #player: PlayerAuthentication | undefined
  #keyProblem: string | undefined
  #sessionServer: SessionServer
  #servers: readonly Server[] = []

  constructor(options: LoginServiceOptions) {
    this.#options = options
    this.#config = options.config
    this.#secrets = new Secrets(options.logger)
    this.#sessionServer = this.#askAt(options.config)
  }

  /** Whether it is known if players can be authenticated. */
  get isKeySettled(): boolean {
    return this.#player !== undefined || this.#keyProblem !== undefined
  }

  /** Makes the key of the process, once. Never rejects. */
  async makeKey(): Promise<void> {
    if (this.isKeySettled) return
    try {
      const key = await (this.#options.makeKey ?? LoginKey.make)()
      const { ipv4Prefix, ipv6Prefix } = this.#config.rateLimit
      this.#player = new PlayerAuthentication({
        key,
        prefixes: { ipv4: ipv4Prefix, ipv6: ipv6Prefix },
        ...this.#settings(),
      })
      this.authentication = this.#player
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      this.#keyProblem = `players cannot be authenticated, and those of servers with proxy_mode = "client_only" are refused: ${why}`
      this.#options.logger.error({ event: 'auth' }, this.#keyProblem)
    }
  }

  useConfig(config: Config): void {
    const { auth } = this.#config
    this.#config = config
    if (auth.sessionUrl !== config.auth.sessionUrl || auth.timeoutMs !== config.auth.timeoutMs)
      this.#sessionServer = this.#askAt(config)
    this.#player?.use(this.#settings())
    this.#useSecrets()
  }

  /** @param servers those whose players the proxy logs in */
  useServers(servers: readonly Server[]): void {
    this.#servers = servers
    this.#useSecrets()
  }

  /** Reads the secrets again. */
  readNow(): void {
    const places = this.#servers.map((server) => this.#secretPlaceOf(server))
    this.#secrets.readAgain(new Set(places.flatMap((place) => (place.kind === 'file' ? [place.path] : []))))
    this.#useSecrets()
  }

  problems(): readonly string[] {
    return [...(this.#keyProblem === undefined ? [] : [this.#keyProblem]), ...this.#secrets.problems()]
  }

  stop(): void {
    for (const server of this.#sessionServers.splice(0)) server.close()
  }

  backendLogin(server: Server): BackendLogin | undefined {
    const known = this.#logins.get(server) ?? this.#loginOf(server)
    this.#logins.set(server, known)
    return known === 'no-secret' ? undefined : known
  }

  inflate(data: Uint8Array, maxOutputLength: number): Uint8Array {
    return inflateSync(data, { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH })
  }

  offlineUuid(name: string): string {
    return offlineUuid(name, (data) => createHash('md5').update(data).digest())
  }

  #settings() {
    const { maxPending, preventsProxies } = this.#config.auth
    const sessionServer = metered(this.#sessionServer, () => this.#options.watcher?.())
    return { sessionServer, maxPending, preventsProxies }
  }

  #askAt({ auth: { sessionUrl: url, timeoutMs } }: Config): SessionServer {
    const server = new SessionServer({ url, timeoutMs })
    this.#sessionServers.push(server)
    return server
  }

  #useSecrets(): void {
    for (const server of this.#servers) this.#warnOnce(withheldFrom(server, this.#config))
    for (const server of this.#servers) this.#logins.set(server, this.#loginOf(server))
  }

  #warnOnce(line: string | undefined): void {
    if (line === undefined || this.#warned.has(line)) return
    this.#warned.add(line)
    this.#options.logger.warn({ event: 'forwarding' }, line)
  }

  #loginOf(server: Server): BackendLogin | 'no-secret' {
    const forwarding = this.#forwardingOf(server)
    return forwarding === undefined ? 'no-secret' : { forwarding, transferIntent: server.transferIntent }
  }

  #forwardingOf(server: Server): Forwarding | undefined {
    const kind = forwardingOf(server, this.#config.forwarding.mode)
    if (kind === 'none' || kind === 'bungeecord') return { kind }
    const place = this.#secretPlaceOf(server)
    switch (place.kind) {
      case 'file':
        return this.#secrets.of(place.path)?.[kind]
      case 'variable':
        return this.#secrets.ofVariable(place.text)?.[kind]
      case 'none':
        return undefined
    }
  }

  #secretPlaceOf(server: Server): SecretPlace {
    return secretPlaceOf(server, { ...this.#options, config: this.#config })
  }
}
