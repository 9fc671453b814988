import { type Environment, type FileProvider, fileProvider } from '@infrarust/config-file'
import type { CustomProvider, GatewayConfig } from '@infrarust/core'
import { loadProvider, type Provider } from '@infrarust/core/provider'
import { asOurselves, asStranger } from '../custom-code/context.ts'
import { type CustomCode, customCodeFor } from '../custom-code/culprit.ts'
import { signalFor } from '../custom-code/signal.ts'

/** The providers that the configuration asks for. */
export class Providers {
  readonly #baseDir: string
  readonly #file: FileProvider
  /** By what the configuration says of each: one that it says the same of goes on as it is. */
  #others: ReadonlyMap<string, Provider> = new Map()
  /** All that ever ran here: one that was taken out of the configuration may have left a timer behind. */
  readonly #customCode = new Map<string, CustomCode>()
  /** Why modules of `[[provider]]` could not be loaded. */
  readonly #loadProblems = new Set<string>()

  /**
   * @param baseDir the folder of `infrarust.toml`, where relative paths begin
   * @param environment what server files may name
   */
  constructor(config: GatewayConfig, baseDir: string, environment: Environment) {
    this.#baseDir = baseDir
    this.#file = fileProvider({ directory: config.serversDir, configFolder: baseDir, environment })
  }

  /** In the order that decides between two which claim one domain. */
  of({ serversDir, builtInProviders, providers }: GatewayConfig): readonly Provider[] {
    this.#file.follow(serversDir)
    const before = this.#others
    const others = new Map<string, Provider>()
    const keep = (settings: unknown, make: () => Provider): void => {
      const identity = JSON.stringify(settings)
      others.set(identity, before.get(identity) ?? make())
    }
    for (const builtIn of builtInProviders) {
      const { name, settings } = builtIn
      keep({ builtIn: name, settings }, () => builtIn.open({ baseDir: this.#baseDir }))
    }
    for (const custom of providers) keep({ custom }, () => this.#custom(custom))
    this.#others = others
    return [this.#file, ...others.values()]
  }

  /**
   * The mistake of the configuration for which this provider cannot read its source: the folder of the server files, a
   * module. Undefined where there is none: an engine or a web server that is away may be there again in a moment.
   */
  readonly mistakeBehind = (provider: string, failure: string): string | undefined =>
    // A run that failed says besides when the next one begins.
    provider === this.#file.name ? failure : [...this.#loadProblems].find((problem) => failure.startsWith(problem))

  /** Providers that are not part of this program and whose code may run in this process. */
  get customCode(): readonly CustomCode[] {
    return [...this.#customCode.values()]
  }

  /** Reads the server files at once; the others notice by themselves. */
  async readNow(): Promise<void> {
    await this.#file.readNow()
  }

  /** Loaded when it starts, so that a module which takes its time, or fails, keeps nobody else waiting. */
  #custom({ use, options }: CustomProvider): Provider {
    this.#customCode.set(use, customCodeFor(use, this.#baseDir))
    const start: Provider['start'] = async (emit, signal) => {
      const loaded = await loadProvider(use, options, this.#baseDir)
      if (signal.aborted) return
      if (loaded.kind === 'provider')
        return await loaded.provider.start((emission) => asOurselves(() => emit(emission)), signalFor(use, signal))
      this.#loadProblems.add(loaded.message)
      // Thrown, so that it is tried again: the module, or what its factory asks, may be there by then.
      throw new Error(loaded.message)
    }
    return { name: use, start: (emit, signal) => asStranger(use, () => start(emit, signal)) }
  }
}
