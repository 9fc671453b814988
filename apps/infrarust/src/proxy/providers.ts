import { dockerProvider } from '@infrarust/config-docker'
import { type FileProvider, fileProvider } from '@infrarust/config-file'
import { type CustomProvider, type GatewayConfig, loadProvider, type Provider } from '@infrarust/core'

/** The providers that the configuration asks for. */
export class Providers {
  readonly #baseDir: string
  readonly #file: FileProvider
  /** By what the configuration says of each: one that it says the same of goes on as it is. */
  #others: ReadonlyMap<string, Provider> = new Map()

  /** @param baseDir the folder of `infrarust.toml`, where relative paths begin */
  constructor(config: GatewayConfig, baseDir: string) {
    this.#baseDir = baseDir
    this.#file = fileProvider({ directory: config.serversDir })
  }

  /** In the order that decides between two which claim one domain. */
  of({ serversDir, docker, providers }: GatewayConfig): readonly Provider[] {
    this.#file.follow(serversDir)
    const before = this.#others
    const others = new Map<string, Provider>()
    const keep = (settings: unknown, make: () => Provider): void => {
      const identity = JSON.stringify(settings)
      others.set(identity, before.get(identity) ?? make())
    }
    if (docker !== undefined) keep({ docker }, () => dockerProvider({ config: docker, baseDir: this.#baseDir }))
    for (const custom of providers) keep({ custom }, () => customProvider(custom, this.#baseDir))
    this.#others = others
    return [this.#file, ...others.values()]
  }

  /** Reads the server files at once; the others notice by themselves. */
  async readNow(): Promise<void> {
    await this.#file.readNow()
  }
}

/** Loaded when it starts, so that a module which takes its time, or fails, keeps nobody else waiting. */
function customProvider({ use, options }: CustomProvider, baseDir: string): Provider {
  return {
    name: use,
    async start(emit, signal) {
      const loaded = await loadProvider(use, options, baseDir)
      if (signal.aborted) return
      // Thrown, so that it is tried again: the module, or what its factory asks, may be there by then.
      if (loaded.kind === 'failed') throw new Error(loaded.message)
      await loaded.provider.start(emit, signal)
    },
  }
}
