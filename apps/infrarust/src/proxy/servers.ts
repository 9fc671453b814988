import { ProviderRegistry, type RegistryOptions, type Server } from '@infrarust/core'
import type { Logger } from 'pino'
import type { CustomCode } from '../custom-code/culprit.ts'
import { ProviderLog } from '../log/providers.ts'
import { type Config, validateServer } from '../program-keys.ts'
import type { Providers } from './providers.ts'

/** The servers: the registry that has them, and the providers that the configuration asks for. */
export class Servers {
  readonly registry: ProviderRegistry
  readonly #providers: Providers

  constructor(providers: Providers, logger: Logger, onSwap: NonNullable<RegistryOptions['onSwap']>) {
    this.#providers = providers
    const log = new ProviderLog(logger, (name) => this.customCode.some(({ use }) => name.startsWith(use)))
    this.registry = new ProviderRegistry({ validate: validateServer, log: (notice) => log.write(notice), onSwap })
  }

  /** What is served, once every provider has given its first list or was waited for long enough. */
  async settled(): Promise<readonly Server[]> {
    while (this.registry.route(undefined).kind === 'not-ready') await this.registry.nextTable()
    return this.registry.servers
  }

  /** Providers that are not part of this program, and have run here. */
  get customCode(): readonly CustomCode[] {
    return this.#providers.customCode
  }

  /** Runs exactly the providers of this configuration. */
  use(config: Config): void {
    this.registry.use(this.#providers.of(config))
  }

  /** Reads the server files at once; what they change is in force when it resolves. */
  async readNow(): Promise<void> {
    await this.#providers.readNow()
    this.registry.flush()
  }

  /** Those that are there go on being served. */
  stop(): void {
    this.registry.stop()
  }
}
