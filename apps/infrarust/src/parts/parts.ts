import type { GatewayChange } from '@infrarust/config-file'
import type { AccessRecord, Server, ServerDiff } from '@infrarust/core'
import type { Config, ProgramConfig } from '../program-keys.ts'
import type { Part } from './part.ts'

/** The parts of a proxy, told as one and in their order. */
export class Parts implements Required<Omit<Part, 'wantsRecords'>> {
  readonly #parts: readonly Part[]
  /** Found beforehand: every connection passes here. */
  #recorders: readonly NonNullable<Part['record']>[]

  constructor(parts: readonly Part[]) {
    this.#parts = parts
    this.#recorders = recordersOf(parts)
  }

  async start(): Promise<void> {
    for (const part of this.#parts) await part.start?.()
  }

  readConfig(change: GatewayChange<ProgramConfig>): void {
    for (const part of this.#parts) part.readConfig?.(change)
  }

  useConfig(config: Config): void {
    for (const part of this.#parts) part.useConfig?.(config)
    this.#recorders = recordersOf(this.#parts)
  }

  useServers(servers: readonly Server[], diff: ServerDiff): void {
    for (const part of this.#parts) part.useServers?.(servers, diff)
  }

  record(record: AccessRecord, headerFault: string | undefined): void {
    for (const recorder of this.#recorders) recorder(record, headerFault)
  }

  async readNow(isConfigNew: boolean): Promise<readonly string[]> {
    const undone: string[] = []
    for (const part of this.#parts) undone.push(...((await part.readNow?.(isConfigNew)) ?? []))
    return undone
  }

  problems(): readonly string[] {
    return this.#parts.flatMap((part) => part.problems?.() ?? [])
  }

  sizes(): Readonly<Record<string, number>> {
    return Object.assign({}, ...this.#parts.map((part) => part.sizes?.()))
  }

  /** All at once: none waits until another has ended what it was at. */
  async stopListening(): Promise<void> {
    await Promise.all(this.#parts.map((part) => part.stopListening?.()))
  }

  async stop(): Promise<void> {
    for (const part of this.#parts) await part.stop?.()
  }
}

function recordersOf(parts: readonly Part[]): readonly NonNullable<Part['record']>[] {
  return parts.flatMap((part) => (part.wantsRecords === false ? [] : (part.record?.bind(part) ?? [])))
}
