import type { BackendNames, Gateway, GatewayConfig, ProviderRegistry, StatusSource } from '@infrarust/core'
import type { BanStore } from '@infrarust/core/ban-store'
import type { Transport } from '@infrarust/core/transport'
import type { LoadedConfiguration } from '../configuration.ts'
import type { EventHub } from '../events/event-hub.ts'
import type { History } from '../parts/history.ts'
import type { MaintenanceSwitch } from '../parts/maintenance-switch.ts'
import type { MismatchHint } from '../parts/mismatch-hint.ts'
import type { RecentLog } from '../parts/recent-log.ts'
import type { Reloaded } from '../parts/reloads.ts'
import type { SeenHeaders } from '../parts/seen-headers.ts'
import type { ServersPower } from '../parts/server-power.ts'
import type { Trust } from '../parts/trust.ts'
import type { UnreachedServers } from '../parts/unreached-servers.ts'
import type { WebLinks } from '../web/web-links.ts'

/** The running proxy, as verbs that look at it or reach into it know it. */
export interface LiveProxy extends WithBans {
  readonly gateway: Pick<Gateway, 'cut' | 'live' | 'sentHeader' | 'slowEndpoints' | 'trace'>
  readonly registry: Pick<ProviderRegistry, 'status' | 'servers' | 'defined'>
  readonly transport: Pick<Transport, 'now' | 'kind'>
  readonly logger: { level: string }
  readonly seenHeaders: SeenHeaders
  readonly maintenance: Pick<MaintenanceSwitch, 'list' | 'begin' | 'end' | 'policy'>
  readonly power: Pick<ServersPower, 'isAsleep' | 'list' | 'log' | 'operator'>
  readonly trust: Pick<Trust, 'names' | 'entriesOf' | 'isOfHost' | 'isInFile'>
  readonly web: WebLinks
  readonly events: Pick<EventHub, 'subscribe'>
  readonly history: Pick<History, 'minutes' | 'recent' | 'refusedClients' | 'headerFaults'>
  readonly unreached: Pick<UnreachedServers, 'all'>
  readonly recentLog: Pick<RecentLog, 'lines' | 'watch'>
  readonly mismatches: Pick<MismatchHint, 'found'>
  readonly statuses: StatusSource
  readonly names: BackendNames
  /** As it was read at the start. */
  readonly configuration: LoadedConfiguration
  /** Epoch milliseconds. */
  readonly startedAt: number
  config(): GatewayConfig
  /** What is wrong with `infrarust.toml` and the lists from files, so that they are not in force as written. */
  problems(): readonly string[]
  /** Names of the keys that are written otherwise than they are in force, until the next start. */
  needRestart(): readonly string[]
  reload(): Promise<Reloaded>
}

/** All that verbs about bans need; a command has it as well where no proxy runs. */
export interface WithBans {
  readonly bans: BanStore
}
