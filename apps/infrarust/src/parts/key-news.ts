import { readGateway, type Server } from '@infrarust/core'
import type { Logger } from 'pino'
import { dataPaths } from '../data-paths.ts'
import { newlyActing, readNamed, writeNamed } from '../logins/newly-acting.ts'
import type { Config } from '../program-keys.ts'
import type { Part } from './part.ts'

/** Names each key that did nothing in earlier versions once, with what it does now. Which were named is kept in a file. */
export class KeyNews implements Part {
  readonly #configFile: string
  readonly #logger: Logger
  readonly #defaults = readGateway({}).config
  #config: Config
  #named: Promise<Set<string>> | undefined

  /** @param configFile absolute */
  constructor(config: Config, configFile: string, logger: Logger) {
    this.#config = config
    this.#configFile = configFile
    this.#logger = logger
  }

  useConfig(config: Config): void {
    this.#config = config
  }

  useServers(servers: readonly Server[]): void {
    const found = newlyActing(this.#config, this.#defaults, servers)
    if (found.length === 0) return
    const path = dataPaths(this.#config, this.#configFile).keysNamed
    // One after the other, so that none is named twice.
    this.#named = (this.#named ?? readNamed(path).then((named) => new Set(named))).then(async (named) => {
      const news = found.filter(({ key }) => !named.has(key))
      for (const { line } of news) this.#logger.warn({ event: 'key' }, line)
      for (const { key } of news) named.add(key)
      if (news.length > 0) await writeNamed(path, named).catch(() => undefined)
      return named
    })
  }

  async stop(): Promise<void> {
    await this.#named
  }
}
