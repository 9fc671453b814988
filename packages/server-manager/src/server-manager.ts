import { join } from 'node:path'
import { AllowIndex, type KnownPlayer, type Notice, type Server } from '@infrarust/core'
import type { ClientFacts } from '@infrarust/core/policy'
import {
  type GatewayWake,
  type JoinAnswer,
  type JoiningLogin,
  type ManagedServers,
  powerTypeFor,
  type ServerPhase,
  type ServerPower,
  type ServerPowerType,
  type ServerSight,
} from '@infrarust/core/server-power'
import { systemClock } from './clock.ts'
import {
  type Clock,
  type DriveOptions,
  isSamePower,
  ManagedServer,
  type ServerWithManager,
  type Waiter,
} from './managed-server.ts'
import { StartLine } from './start-line.ts'
import { clientOf, WakeLimits } from './wake-limits.ts'

/** What all servers are started and stopped with. */
export interface ServerManagerOptions extends Pick<DriveOptions, 'ping' | 'cameUp' | 'phaseChanged'> {
  readonly wake: GatewayWake
  /** The kinds of power that there are. */
  readonly types: readonly ServerPowerType[]
  /** Absolute: where states are kept over restarts. */
  readonly stateFolder: string
  /** Absolute: where relative paths begin of a server whose file is not known. */
  readonly baseDir: string
  readonly notice: (notice: Notice) => void
  readonly clock?: Clock
}

/** One server that is started and stopped here, as commands and metrics show it. */
export interface ManagedView extends ServerSight {
  readonly id: string
  readonly type: string
  readonly sessions: number
  readonly starts: number
  readonly failures: number
  readonly lastReadySeconds: number | undefined
}

/** A login that waits for a server. */
interface Waiting {
  readonly server: ManagedServer
  readonly client: string
  readonly waiter: Waiter
  /** Its operator wants the server stopped: who has waited for it does not wake it again by asking what comes next. */
  isSentAway: boolean
}

/** Of one client, over all servers. */
const MOST_WAITING_OF_ONE = 4

/**
 * The servers that are started and stopped here: which there are, who may wake them, and who waits for them. Each one by
 * itself is a `ManagedServer`.
 */
export class ServerManager implements ManagedServers {
  readonly name = 'server_manager'
  readonly #options: ServerManagerOptions
  readonly #clock: Clock
  readonly #servers = new Map<string, ManagedServer>()
  readonly #line: StartLine
  readonly #limits = new WakeLimits()
  /** Which server each session counts for. */
  readonly #sessions = new Map<number, ManagedServer>()
  readonly #waiting = new Map<number, Waiting>()
  /** Servers that are let go of, until that is done. */
  readonly #closing = new Set<Promise<void>>()
  #wake: GatewayWake
  #allow: AllowIndex

  constructor(options: ServerManagerOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#wake = options.wake
    this.#allow = new AllowIndex(options.wake.allow)
    this.#line = new StartLine(options.wake.maxStarting)
  }

  /** `[wake]` of `infrarust.toml` from now on. */
  useConfig(wake: GatewayWake): void {
    if (wake.allow !== this.#wake.allow) this.#allow = new AllowIndex(wake.allow)
    this.#wake = wake
    this.#line.use(wake.maxStarting)
  }

  /** The servers that are served from now on; those without a manager are nobody's business here. */
  useServers(servers: readonly Server[]): void {
    const managed = new Map(servers.filter(hasManager).map((server) => [server.id, server]))
    for (const [id, known] of this.#servers) {
      const server = managed.get(id)
      if (server === undefined) this.#letGo(known, 'removed')
      else if (isSamePower(server, known.server)) known.use(server)
      else this.#replace(known, server)
    }
    for (const [id, server] of managed) {
      if (this.#servers.has(id)) continue
      const type = this.#typeOf(server)
      if (type !== undefined) this.#servers.set(id, this.#drive(server, this.#open(type, server)))
    }
  }

  sight(serverId: string): ServerSight | undefined {
    return this.#servers.get(serverId)?.sight()
  }

  /** Whether players of it wait until it is up. */
  isAsleep(serverId: string): boolean {
    const phase = this.#servers.get(serverId)?.phase
    return phase !== undefined && phase !== 'online'
  }

  join(login: JoiningLogin): JoinAnswer {
    const server = this.#servers.get(login.serverId)
    if (server === undefined) return UP
    const waited = this.#stopWaiting(login.id)
    this.#countSession(login.id, server)
    if (server.phase === 'online') return UP
    if (waited?.isSentAway === true && waited.server === server)
      return {
        kind: 'refused',
        reason: 'wake_failed',
        detail: 'It was stopped by its operator.',
        sight: server.sight(),
      }
    const cooldownMs = server.cooldownMs
    if (cooldownMs > 0) {
      const detail = `Try again in ${Math.ceil(cooldownMs / 1_000)} seconds.`
      return { kind: 'refused', reason: 'wake_failed', detail, sight: server.sight() }
    }
    const isWake = server.phase !== 'starting' && server.waiting === 0
    if (isWake && !this.#mayWake(login, server))
      return { kind: 'refused', reason: 'wake_refused', sight: server.sight() }
    if (isWake) this.#noteWake(login, server)

    const wait = server.server.wake.wait ?? this.#wake.wait
    if (wait === 'kick' || !this.#hasRoom(login, server)) {
      // It is started all the same: the player comes back.
      server.summon()
      return { kind: 'refused', reason: 'starting', detail: comeBack(server.sight()), sight: server.sight() }
    }
    return this.#wait(login, server)
  }

  /** At the end of each connection. */
  released(
    { id }: Pick<ClientFacts, 'id'>,
    record: { readonly reason: string; readonly ms: { readonly relay?: number | undefined } },
  ): void {
    if (this.#sessions.size === 0) return
    const server = this.#sessions.get(id)
    if (server === undefined) return
    this.#sessions.delete(id)
    this.#stopWaiting(id)
    server.end(id, record.ms.relay, record.reason === 'server_down')
  }

  /** Those that there are, by id. */
  list(): readonly ManagedView[] {
    return [...this.#servers.values()].map((server) => ({
      id: server.id,
      type: server.server.serverManager.type ?? '',
      sessions: server.sessions,
      ...server.counts,
      ...server.sight(),
    }))
  }

  /**
   * The last lines that a server wrote; undefined where its power has none.
   *
   * @throws {PowerError} where it cannot be asked for them
   */
  async log(serverId: string): Promise<readonly string[] | undefined> {
    return await this.#servers.get(serverId)?.log()
  }

  /** @returns whether there is such a server */
  operator(serverId: string, wants: 'start' | 'stop'): boolean {
    const server = this.#servers.get(serverId)
    server?.operator(wants)
    return server !== undefined
  }

  /** Lets go of all of them. What lives by this process alone is stopped. */
  async close(): Promise<void> {
    for (const server of [...this.#servers.values()]) this.#letGo(server, 'shutdown')
    await Promise.all([...this.#closing])
  }

  // Who may wake, and who may wait

  #mayWake({ client, player }: JoiningLogin, server: ManagedServer): boolean {
    const known: KnownPlayer = {
      name: player.name,
      uuid: player.verified?.uuid ?? player.claimedUuid,
      proof: player.verified === undefined ? 'none' : 'verified',
    }
    const isNamed = this.#allow.has(client ?? '', known) || server.allows(client, known)
    const namesSome = this.#wake.allow.length > 0 || server.namesSome
    if (isNamed) return true
    if (namesSome || server.isLocked) return false
    if (server.isWokenBy(client)) return true
    const perClient = server.server.wake.perClient ?? this.#wake.perClient
    return this.#limits.mayWake(scopeOf(server), client, perClient, this.#clock.now())
  }

  #noteWake({ client, player }: JoiningLogin, server: ManagedServer): void {
    if (server.isWokenBy(client)) return
    this.#limits.note(scopeOf(server), client, this.#clock.now())
    server.woken(player.name, client)
  }

  #hasRoom({ client }: JoiningLogin, { server, waiting }: ManagedServer): boolean {
    const most = Math.min(
      server.wake.maxWaiting ?? this.#wake.maxWaiting,
      server.maxPlayers === 0 ? Number.POSITIVE_INFINITY : server.maxPlayers,
    )
    if (waiting >= most || this.#waiting.size >= this.#wake.maxWaiting) return false
    let ofClient = 0
    for (const each of this.#waiting.values()) if (each.client === clientOf(client)) ofClient++
    return client === undefined || ofClient < MOST_WAITING_OF_ONE
  }

  #wait({ id, client }: JoiningLogin, server: ManagedServer): JoinAnswer {
    const { promise, resolve } = Promise.withResolvers<void>()
    const waiter: Waiter = {
      isGone: false,
      settle: (isSentAway) => {
        waiting.isSentAway = isSentAway
        resolve()
      },
    }
    const waiting: Waiting = { server, client: clientOf(client), waiter, isSentAway: false }
    this.#waiting.set(id, waiting)
    server.wait(waiter)
    return { kind: 'wait', done: promise, abandon: () => void this.#stopWaiting(id) }
  }

  /** @returns what it waited for */
  #stopWaiting(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return undefined
    this.#waiting.delete(id)
    waiting.server.leave(waiting.waiter)
    return waiting
  }

  #countSession(id: number, server: ManagedServer): void {
    if (this.#sessions.get(id) === server) return
    this.#sessions.set(id, server)
    server.begin(id)
  }

  // Which servers there are

  #drive(server: ServerWithManager, power: ServerPower): ManagedServer {
    const { ping, cameUp, phaseChanged, stateFolder } = this.#options
    return new ManagedServer(server, power, {
      line: this.#line,
      stateFolder,
      ping,
      cameUp,
      phaseChanged,
      log: (level, message) => this.#tell(server.id, level, message),
      clock: this.#clock,
    })
  }

  #replace(known: ManagedServer, server: ServerWithManager): void {
    const type = this.#typeOf(server)
    if (type === undefined) {
      this.#letGo(known, 'removed')
      return
    }
    const isTold = known.isToBecome(server)
    const now = { ...server, serverManager: { ...known.server.serverManager, ...timesOf(server) } }
    const isAtOnce = known.replace(server, now, () => this.#open(type, server))
    if (!isAtOnce && !isTold)
      this.#tell(server.id, 'info', 'has another [server_manager]; it takes effect when it sleeps')
  }

  #typeOf({ id, serverManager: { type } }: ServerWithManager): ServerPowerType | undefined {
    const found = powerTypeFor(type, this.#options.types)
    if (found === undefined)
      this.#tell(
        id,
        'warn',
        `has a [server_manager] with type = "${type}", which this program cannot start: it is dialled as if it were always up`,
      )
    return found
  }

  #open(type: ServerPowerType, server: ServerWithManager): ServerPower {
    const { stateFolder, baseDir } = this.#options
    return type.open(server.serverManager, {
      server: { id: server.id, provider: server.provider, key: server.id, source: server.source },
      folder: baseDir,
      stateFolder: join(stateFolder, encodeURIComponent(server.id).slice(0, 200)),
      notice: ({ level, message }) => this.#options.notice({ level, message: `server "${server.id}" ${message}` }),
    })
  }

  #letGo(server: ManagedServer, why: 'shutdown' | 'removed'): void {
    this.#servers.delete(server.id)
    if (why === 'removed' && !isAtRest(server.phase))
      this.#tell(
        server.id,
        'info',
        'is not served any more: what this proxy runs itself is stopped, everything else is left as it is',
      )
    const closed = server.close(why).finally(() => this.#closing.delete(closed))
    this.#closing.add(closed)
  }

  #tell(id: string, level: 'info' | 'warn', message: string): void {
    this.#options.notice({ level, message: `server "${id}" ${message}` })
  }
}

const UP: JoinAnswer = { kind: 'up' }

/** Whose starts are counted together: those of a server with a limit of its own, else those of all servers. */
function scopeOf({ id, server }: ManagedServer): string | undefined {
  return server.wake.perClient === undefined ? undefined : id
}

function hasManager(server: Server): server is ServerWithManager {
  return server.serverManager !== undefined
}

function timesOf({ serverManager }: ServerWithManager): object {
  const { startTimeoutMs, shutdownAfterMs, minOnlineMs, cooldownMs, count } = serverManager
  return { startTimeoutMs, shutdownAfterMs, minOnlineMs, cooldownMs, count }
}

function isAtRest(phase: ServerPhase): boolean {
  return phase === 'sleeping' || phase === 'crashed'
}

function comeBack({ etaMs, elapsedMs, phase }: ServerSight): string {
  const restMs = etaMs === undefined ? undefined : etaMs - (phase === 'starting' ? elapsedMs : 0)
  return restMs === undefined || restMs < 1_000
    ? 'Come back in a moment.'
    : `Come back in about ${Math.ceil(restMs / 1_000)} seconds.`
}
