import type { RegistryNotice } from '@infrarust/core'
import type { Logger } from 'pino'
import { Flood } from './flood.ts'

/** Writes what providers have to say. One that is not ours may say something new a thousand times a second. */
export class ProviderLog {
  readonly #logger: Logger
  readonly #isStranger: (provider: string) => boolean
  readonly #flood: Flood

  constructor(logger: Logger, isStranger: (provider: string) => boolean) {
    this.#logger = logger
    this.#isStranger = isStranger
    this.#flood = new Flood({
      summarize: (provider, count) => logger.warn({ provider, count }, `${count} more lines of it in one second`),
    })
  }

  write({ provider, level, message }: RegistryNotice): void {
    if (provider !== undefined && this.#isStranger(provider) && !this.#flood.shows(provider, undefined)) return
    this.#logger[level](provider === undefined ? {} : { provider }, message)
  }
}
