import {
  type ClientPrefixes,
  type GatewayConfig,
  IpFilter,
  PlayerFilter,
  RateLimits,
  type Server,
  Slots,
} from '@infrarust/core'
import type { Policy } from '@infrarust/core/policy'
import type { Logger } from 'pino'
import { AddressLists } from '../proxy/address-lists.ts'
import { PlayerListFiles } from '../proxy/player-list-files.ts'
import type { Part } from './part.ts'

/** Filters, limits and slots: what they have counted outlives every reload. */
export class Rules implements Part {
  readonly #lists: AddressLists
  readonly #players: PlayerListFiles
  readonly #filter: IpFilter
  readonly #playerFilter: PlayerFilter
  readonly #limits: RateLimits
  readonly #slots: Slots
  #config: GatewayConfig
  #servers: readonly Server[] = []

  /**
   * @param baseDir  the folder of `infrarust.toml`, where relative paths begin
   * @param isAsleep whether players of a server wait until it is up
   */
  constructor(config: GatewayConfig, baseDir: string, logger: Logger, isAsleep: (serverId: string) => boolean) {
    this.#slots = new Slots(isAsleep)
    this.#config = config
    this.#lists = new AddressLists(baseDir, logger)
    this.#players = new PlayerListFiles(baseDir, logger)
    this.#filter = new IpFilter(config.ipFilter, this.#lists)
    this.#playerFilter = new PlayerFilter(this.#players)
    this.#limits = new RateLimits(config.rateLimit)
    this.#followLists()
  }

  /**
   * In the order in which they are asked.
   *
   * @param others what stands between the filters and the limits: none of them uses up a budget
   */
  policies(others: readonly Policy[]): readonly Policy[] {
    return [this.#filter, this.#playerFilter, ...others, this.#limits, this.#slots]
  }

  useConfig(config: GatewayConfig): void {
    this.#config = config
    this.#followLists()
    this.#limits.use(config.rateLimit)
    this.#filter.use(config.ipFilter)
  }

  /** The servers that are served from now on. */
  useServers(servers: readonly Server[]): void {
    this.#servers = servers
    this.#followLists()
  }

  /** How much of an address names one client, also in the log. */
  get clientPrefixes(): ClientPrefixes {
    const { ipv4Prefix, ipv6Prefix } = this.#config.rateLimit
    return { ipv4: ipv4Prefix, ipv6: ipv6Prefix }
  }

  /** What they hold: bytes of the limits' windows, networks written in the configuration, lists from files. */
  sizes(): Readonly<Record<'limiter_bytes' | 'filter_networks' | 'filter_files', number>> {
    const filters = [this.#config.ipFilter, ...this.#servers.map(({ ipFilter }) => ipFilter)]
    const networks = filters.reduce((sum, { whitelist, blacklist }) => sum + whitelist.length + blacklist.length, 0)
    return {
      limiter_bytes: this.#limits.bytes,
      filter_networks: networks,
      filter_files: this.#lists.size + this.#players.size,
    }
  }

  /** What is wrong with the lists from files now, one line each. */
  problems(): readonly string[] {
    return [...this.#lists.problems, ...this.#players.problems]
  }

  /** Reads the lists from files again, at once. */
  async readNow(): Promise<readonly string[]> {
    await Promise.all([this.#lists.readNow(), this.#players.readNow()])
    return []
  }

  stop(): void {
    this.#lists.stop()
    this.#players.stop()
  }

  #followLists(): void {
    this.#lists.use([this.#config.ipFilter, ...this.#servers.map(({ ipFilter }) => ipFilter)])
    this.#players.use(this.#servers.map(({ playerFilter }) => playerFilter))
  }
}
