import { statSync } from 'node:fs'
import { Maintenance, type MaintenanceTerms } from '@infrarust/core'
import type { Logger } from 'pino'
import { dataPaths } from '../data-paths.ts'
import type { KeptMaintenance } from '../maintenance/maintenance-file.ts'
import type { WrittenTerms } from '../maintenance/terms.ts'
import type { Config } from '../program-keys.ts'
import type { Part } from './part.ts'

type SwitchConfig = Pick<Config, 'dataDir' | 'ban' | 'control' | 'maintenance'>

export interface MaintenanceSwitchOptions {
  /** Absolute. */
  readonly configFile: string
  readonly config: SwitchConfig
  readonly logger: Logger
}

/** What came of switching: in force in any case. */
export interface Switched {
  /** Whether it was in maintenance before. */
  readonly before: boolean
  /** Why a restart will forget it; undefined where it will not. */
  readonly problem: string | undefined
}

/** Which servers are in maintenance: switched by commands, in force at once, and kept over restarts by a file. */
export class MaintenanceSwitch implements Part {
  /** What keeps players out. */
  readonly policy: Maintenance
  readonly #configFile: string
  readonly #logger: Logger
  #path: string
  readonly #kept = new Map<string | null, KeptMaintenance>()
  /** Why the file does not say what is in force. */
  #problem: string | undefined
  /** One write after the other. */
  #written: Promise<unknown> = Promise.resolve()

  constructor({ configFile, config, logger }: MaintenanceSwitchOptions) {
    this.policy = new Maintenance(config.maintenance)
    this.#configFile = configFile
    this.#logger = logger
    this.#path = dataPaths(config, configFile).maintenance
  }

  /**
   * Takes up what was in force before the restart. Where that cannot be read every server is in maintenance: somebody may
   * be at work on one of them, and who may join a server that nobody works on is one command away.
   */
  async start(): Promise<void> {
    if (isAbsent(this.#path)) return
    const { readMaintenance } = await import('../maintenance/maintenance-file.ts')
    const { readTerms } = await import('../maintenance/terms.ts')
    try {
      for (const kept of await readMaintenance(this.#path)) {
        const read = readTerms(kept)
        if (read.kind === 'terms') this.#begin(kept, read.terms)
      }
    } catch (error) {
      this.#problem = `${messageOf(error)}; every server is in maintenance until "infrarust maintenance off" writes it anew`
      this.#begin({ server: null, since: new Date().toISOString(), allow: [] }, { allow: [] })
      this.#logger.error({ event: 'maintenance' }, this.#problem)
    }
    for (const { server, since } of this.list())
      this.#logger.warn({ event: 'maintenance', server }, `${nameOf(server)} in maintenance since ${since}`)
  }

  /** The configuration may say that the file is elsewhere. What is in force stays so, and is kept there from now on. */
  useConfig(config: SwitchConfig): void {
    this.policy.use(config.maintenance)
    const path = dataPaths(config, this.#configFile).maintenance
    if (path === this.#path) return
    this.#path = path
    if (this.#kept.size > 0 || !isAbsent(path)) void this.#write()
  }

  problems(): readonly string[] {
    return this.#problem === undefined ? [] : [this.#problem]
  }

  async stop(): Promise<void> {
    await this.#written
  }

  /** Those in force: every server first, then one by one. */
  list(): readonly KeptMaintenance[] {
    return [...this.#kept.values()].sort((a, b) => Number(a.server !== null) - Number(b.server !== null))
  }

  /**
   * Begins, or goes on with other terms.
   *
   * @param server an id; null is every server
   * @param terms what `written` amounts to
   */
  async begin(server: string | null, written: WrittenTerms, terms: MaintenanceTerms): Promise<Switched> {
    const before = this.#kept.get(server)
    this.#begin({ server, since: before?.since ?? new Date().toISOString(), ...written }, terms)
    this.#logger.info({ event: 'maintenance', server, on: true }, `${nameOf(server)} in maintenance from now on`)
    return { before: before !== undefined, problem: await this.#write() }
  }

  /** Ends what `begin` began for just this server, or for all of them. */
  async end(server: string | null): Promise<Switched> {
    const before = this.#kept.delete(server)
    this.policy.end(server ?? undefined)
    if (before)
      this.#logger.info({ event: 'maintenance', server, on: false }, `${nameOf(server)} in maintenance no more`)
    return { before, problem: before ? await this.#write() : undefined }
  }

  #begin(kept: KeptMaintenance, terms: MaintenanceTerms): void {
    this.#kept.set(kept.server, kept)
    this.policy.begin(kept.server ?? undefined, terms)
  }

  /** @returns why it could not be kept */
  #write(): Promise<string | undefined> {
    const writing = this.#written.then(async () => {
      const { writeMaintenance } = await import('../maintenance/maintenance-file.ts')
      try {
        await writeMaintenance(this.#path, this.list())
        this.#problem = undefined
      } catch (error) {
        this.#problem = `${messageOf(error)}; what is in maintenance now is forgotten with the next restart`
        this.#logger.error({ event: 'maintenance' }, this.#problem)
      }
      return this.#problem
    })
    this.#written = writing
    return writing
  }
}

/** Whoever has none starts without the code that reads it. What cannot be looked at may be there. */
function isAbsent(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined
  } catch {
    return false
  }
}

function nameOf(server: string | null): string {
  return server === null ? 'every server is' : `server "${server}" is`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
