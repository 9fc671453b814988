import type { Gateway, GatewayConfig, ProviderRegistry } from '@infrarust/core'
import type { BanStore } from '@infrarust/core/ban-store'
import type { Transport } from '@infrarust/core/transport'
import type { MaintenanceSwitch } from '../parts/maintenance-switch.ts'
import type { Reloaded } from '../parts/reloads.ts'
import type { SeenHeaders } from '../parts/seen-headers.ts'
import type { ServersPower } from '../parts/server-power.ts'
import type { Trust } from '../parts/trust.ts'

/** The running proxy, as verbs that look at it or reach into it know it. */
export interface LiveProxy extends WithBans {
  readonly gateway: Pick<Gateway, 'cut' | 'live' | 'slowEndpoints' | 'trace'>
  readonly registry: Pick<ProviderRegistry, 'status' | 'servers'>
  readonly transport: Pick<Transport, 'now' | 'kind'>
  readonly logger: { level: string }
  readonly seenHeaders: SeenHeaders
  readonly maintenance: Pick<MaintenanceSwitch, 'list' | 'begin' | 'end' | 'policy'>
  readonly power: Pick<ServersPower, 'list' | 'log' | 'operator'>
  readonly trust: Pick<Trust, 'names' | 'entriesOf'>
  /** Epoch milliseconds. */
  readonly startedAt: number
  config(): GatewayConfig
  /** What is wrong with `infrarust.toml` and the lists from files, so that they are not in force as written. */
  problems(): readonly string[]
  reload(): Promise<Reloaded>
}

/** All that verbs about bans need; a command has it as well where no proxy runs. */
export interface WithBans {
  readonly bans: BanStore
}
