import type { Feature } from '../config/feature.ts'
import { keyTable } from '../config/key-table.ts'
import { managerKeys, type ServerManagerConfig } from './manager-keys.ts'
import { type GatewayWake, type ServerWake, serverWakeKeys, wakeKeys } from './wake-keys.ts'

/** What waking is about in the whole gateway. */
export interface GatewayWithWake {
  readonly wake: GatewayWake
}

/** What waking is about in a server. */
export interface ServerWithPower {
  /** Undefined: nobody here starts or stops it. */
  readonly serverManager: ServerManagerConfig | undefined
  readonly wake: ServerWake
}

/** `[wake]` in both files, and `[server_manager]` of a server. */
export const power: Feature<GatewayWithWake, ServerWithPower> = {
  gateway: keyTable<GatewayWithWake>({
    wake: {
      kind: 'table',
      name: 'wake',
      description: 'Who wakes servers that sleep, and how one waits for them.',
      table: wakeKeys,
    },
  }),
  server: keyTable<ServerWithPower>({
    serverManager: {
      kind: 'table',
      name: 'server_manager',
      description: 'Who starts this server when a player wants to join, and stops it when nobody is there.',
      table: managerKeys,
      isOptional: true,
    },
    wake: {
      kind: 'table',
      name: 'wake',
      description: 'Who wakes this server, and how one waits for it.',
      table: serverWakeKeys,
    },
  }),
}
