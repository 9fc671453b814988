import type { GatewayChange } from '@infrarust/config-file'
import type { AccessRecord, Server, ServerDiff } from '@infrarust/core'
import type { Config, ProgramConfig } from '../program-keys.ts'

/**
 * One concern of the running proxy. It has the methods for what it wants to be told, and of each event the parts are told
 * in the order of their list in `proxy/running-proxy.ts`.
 */
export interface Part {
  /** Before the first connection and the first server. */
  start?(): void | Promise<void>
  /** `infrarust.toml` was read because it has changed: taken over or refused. Every part is told before one takes it over. */
  readConfig?(change: GatewayChange<ProgramConfig>): void
  /** What `infrarust.toml` says from now on. Connections that are accepted later are the first to be under it. */
  useConfig?(config: Config): void
  /** The servers that are served from now on, and what is different from before. */
  useServers?(servers: readonly Server[], diff: ServerDiff): void
  /** Whether `record` is to be called from now on; asked at the start and after each change. Left out: always. */
  readonly wantsRecords?: boolean
  /** The end of a connection; with what was wrong with its PROXY header, if so. Called for each of them: it must be quick. */
  record?(record: AccessRecord, headerFault: string | undefined): void
  /**
   * Somebody asks for a reload: reads what it reads beside `infrarust.toml`, and tries again what could not be done.
   *
   * @param isConfigNew whether this reload has just brought another configuration, which was tried then
   * @returns what was tried and stays undone, one line each
   */
  readNow?(isConfigNew: boolean): Promise<readonly string[]>
  /** What is wrong now, so that something is not in force as it is written; one line each. */
  problems?(): readonly string[]
  /** What it holds, by name, for the metrics. */
  sizes?(): Readonly<Record<string, number>>
  /** The proxy takes nobody in any more; sessions go on. May be called twice. */
  stopListening?(): void | Promise<void>
  /** Every connection has had its record. One part after the other. */
  stop?(): void | Promise<void>
}
