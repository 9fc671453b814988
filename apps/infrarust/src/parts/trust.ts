import {
  type ListenerConfig,
  NameLookup,
  type TrustedNameStatus,
  TrustedNames,
  type TrustedPeers,
  trustedEntryText,
  trustedHosts,
} from '@infrarust/core'
import type { Logger } from 'pino'
import { TrustedFiles } from '../proxy/trusted-files.ts'
import type { Part } from './part.ts'

/** Where the configuration says who is trusted. */
interface TrustConfig {
  readonly listeners: readonly ListenerConfig[]
}

/** How long a start waits for the first answers: else whoever connects in the first moment would be refused. */
const FIRST_ANSWERS_MS = 2_000

/** Whose headers are believed, as far as the configuration does not say it in addresses: the names and files of `trusted`. */
export class Trust implements Part, TrustedPeers {
  readonly #names: TrustedNames
  readonly #files: TrustedFiles
  #listeners: readonly ListenerConfig[] = []

  constructor(config: TrustConfig, logger: Logger) {
    const lookup = new NameLookup()
    this.#names = new TrustedNames({
      lookUp: (host, wantsSrv) => lookup.lookUp(host, wantsSrv),
      notice: ({ level, message }) => logger[level]({ event: 'trusted' }, message),
    })
    this.#files = new TrustedFiles(logger, () => this.#followHosts())
    this.useConfig(config)
  }

  isOfHost(hostName: string, address: string): boolean {
    return this.#names.has(hostName, address)
  }

  isInFile(path: string, address: string): boolean {
    const file = this.#files.get(path)
    return file !== undefined && (file.table.has(address) || file.hosts.some((host) => this.#names.has(host, address)))
  }

  async start(): Promise<void> {
    if (this.#names.status().length === 0) return
    const tooLate = Promise.withResolvers<void>()
    const timer = setTimeout(tooLate.resolve, FIRST_ANSWERS_MS)
    await Promise.race([this.#names.firstAnswers(), tooLate.promise])
    clearTimeout(timer)
  }

  useConfig({ listeners }: TrustConfig): void {
    // Nobody sends a header where none is taken.
    this.#listeners = listeners.filter(({ proxyProtocol }) => proxyProtocol.mode !== 'off')
    this.#files.use(this.#listeners.flatMap(({ proxyProtocol }) => proxyProtocol.trustedFile ?? []))
    this.#followHosts()
  }

  /** Reads the files again, at once; names are asked every half minute, and every five seconds while they do not answer. */
  async readNow(): Promise<readonly string[]> {
    await this.#files.readNow()
    return []
  }

  problems(): readonly string[] {
    return [...this.#files.problems, ...this.#names.status().flatMap(({ problem }) => problem ?? [])]
  }

  /** What each name stands for now. */
  names(): readonly TrustedNameStatus[] {
    return this.#names.status()
  }

  /** What a file has in it as it is in force, one entry each. */
  entriesOf(path: string): readonly string[] {
    const { networks, hosts } = this.#files.get(path) ?? { networks: [], hosts: [] }
    return [...networks.map(trustedEntryText), ...hosts]
  }

  stop(): void {
    this.#files.stop()
    this.#names.stop()
  }

  #followHosts(): void {
    this.#names.use(
      this.#listeners.flatMap(({ proxyProtocol: { trusted = [], trustedFile } }) => [
        ...trustedHosts(trusted),
        ...(trustedFile === undefined ? [] : (this.#files.get(trustedFile)?.hosts ?? [])),
      ]),
    )
  }
}
