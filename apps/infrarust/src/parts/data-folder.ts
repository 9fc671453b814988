import type { BanStore } from '@infrarust/core/ban-store'
import type { Logger } from 'pino'
import { ControlServer } from '../control/control-server.ts'
import type { Api } from '../control/given.ts'
import { openFolderText } from '../control/socket-owner.ts'
import { type DataPaths, dataPaths } from '../data-paths.ts'
import type { Config } from '../program-keys.ts'
import { storeOptions } from '../proxy/bans.ts'
import { MovableBans } from '../proxy/movable-bans.ts'
import type { Part } from './part.ts'

type FolderConfig = Pick<Config, 'dataDir' | 'ban' | 'control'>

export interface DataFolderOptions {
  /** Absolute. */
  readonly configFile: string
  /** What the store was opened with. */
  readonly config: FolderConfig
  /** Closed by `stop`. */
  readonly store: BanStore
  readonly logger: Logger
}

/**
 * What the proxy has in its data folder: the ban store and the control socket. Both follow the configuration while the
 * proxy runs: the new one is opened first, and where that cannot be, the old one stays in force.
 */
export class DataFolder implements Part {
  readonly #configFile: string
  readonly #logger: Logger
  readonly #bans: MovableBans
  /** What the store in force was opened with. */
  #storeConfig: FolderConfig
  /** `key` is the path as it was written. */
  #control: { readonly server: ControlServer; readonly path: string; readonly key: string } | undefined
  /** Left behind, but still answering who was being answered. */
  readonly #retired = new Set<ControlServer>()
  /** From `listen` on. */
  #loadApi: (() => Promise<Api>) | undefined
  #wanted: FolderConfig
  #isClosing = false
  /** One move after the other. */
  #moved: Promise<readonly string[]> = Promise.resolve([])

  constructor({ configFile, config, store, logger }: DataFolderOptions) {
    this.#configFile = configFile
    this.#logger = logger
    this.#bans = new MovableBans(store)
    this.#storeConfig = config
    this.#wanted = config
  }

  /** Whichever store is in force. */
  get bans(): BanStore {
    return this.#bans
  }

  /** Takes commands from now on. Where that cannot be, the proxy serves players all the same, and the log says so. */
  async listen(loadApi: () => Promise<Api>): Promise<void> {
    this.#loadApi = loadApi
    await this.#move()
  }

  useConfig(config: FolderConfig): void {
    this.#wanted = config
    void this.#move()
  }

  /** Tries again what could not be had the last time: it may have been mended beside the configuration. */
  async readNow(isConfigNew: boolean): Promise<readonly string[]> {
    return await (isConfigNew ? this.#moved : this.#move())
  }

  sizes(): Readonly<Record<'bans', number>> {
    return { bans: this.bans.bans.list(Date.now()).length }
  }

  /** At once: what a command does from now on, it does in the store, where it is noticed. */
  async stopListening(): Promise<void> {
    this.#isClosing = true
    const servers = [...this.#retired, ...(this.#control === undefined ? [] : [this.#control.server])]
    await Promise.all([...servers.map((server) => server.close()), this.#moved])
  }

  async stop(): Promise<void> {
    this.#isClosing = true
    await this.#moved
    await this.#bans.close()
  }

  /**
   * Moves to where the configuration wants them.
   *
   * @returns what stays as it was and why, one line each, which the log has as well
   */
  #move(): Promise<readonly string[]> {
    const config = this.#wanted
    this.#moved = this.#moved.then(async () => {
      const problems = [await this.#moveStore(config), await this.#moveControl(config)].flatMap((each) => each ?? [])
      for (const problem of problems) this.#logger.error(problem)
      return problems
    })
    return this.#moved
  }

  /** @returns why it stays where it is */
  async #moveStore(config: FolderConfig): Promise<string | undefined> {
    const [before, after] = [this.#pathsOf(this.#storeConfig).bans, this.#pathsOf(config).bans]
    const isElsewhere = before.where !== after.where
    const isSameCare = this.#storeConfig.ban.purgeIntervalMs === config.ban.purgeIntervalMs
    if (this.#isClosing || (!isElsewhere && isSameCare)) return undefined
    try {
      // One that could not be made with its first ban would have been left for nothing.
      const next = await after.open({ ...storeOptions(config, this.#logger), mustBeWritable: true })
      // What was asked of the one that is left is still done.
      const left = this.#bans.moveTo(next)
      await left.close().catch((error: unknown) => this.#logger.warn(messageOf(error)))
    } catch (error) {
      const fileKey = this.#storeConfig.ban.file === config.ban.file ? 'data_dir' : 'file in [ban]'
      return `${isElsewhere ? fileKey : 'purge_interval in [ban]'}: ${messageOf(error)}; the bans in ${before.where} stay in force`
    }
    this.#storeConfig = config
    if (isElsewhere)
      this.#logger.info(
        `bans are kept in ${after.where} now, ${this.bans.bans.list(Date.now()).length} of them in force`,
      )
    return undefined
  }

  /** @returns why commands are taken where they were, or nowhere */
  async #moveControl(config: FolderConfig): Promise<string | undefined> {
    const before = this.#control
    const path = this.#pathsOf(config).controlSocket
    if (this.#isClosing || this.#loadApi === undefined || path === before?.path) return undefined
    try {
      const server = await ControlServer.listen(path, this.#loadApi)
      this.#control = { server, path, key: config.control.socket }
      const warning = openFolderText(path)
      if (warning !== undefined) this.#logger.warn(warning)
      if (before !== undefined) this.#retire(before.server)
      if (this.#isClosing) await server.close()
      this.#logger[before === undefined ? 'debug' : 'info'](`commands are taken on ${path}`)
      return undefined
    } catch (error) {
      const key = before?.key === config.control.socket ? 'data_dir' : 'socket in [control]'
      const rest =
        before === undefined ? 'no command reaches this process' : `commands are still taken on ${before.path}`
      return `${key}: ${messageOf(error)}; ${rest}`
    }
  }

  #retire(server: ControlServer): void {
    this.#retired.add(server)
    void server.retire().then(() => this.#retired.delete(server))
  }

  #pathsOf(config: FolderConfig): DataPaths {
    return dataPaths(config, this.#configFile)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
