import type { Feature } from '../config/feature.ts'
import { type KeyTable, keyTable } from '../config/key-table.ts'
import { list } from '../config/values/list.ts'
import { type Allowed, allowed } from '../players/allowed.ts'

/** `[maintenance]` of `infrarust.toml` and of a server. Whether it is on is no key: a command switches it. */
export interface MaintenanceConfig {
  /** Who may join all the same. */
  readonly allow: readonly Allowed[]
}

/** What `[maintenance]` is about in the whole gateway. */
export interface GatewayWithMaintenance {
  readonly maintenance: MaintenanceConfig
}

/** What maintenance is about in a server. */
export interface ServerWithMaintenance {
  readonly id: string
  /** On top of the gateway's. */
  readonly maintenance: MaintenanceConfig
}

function maintenanceKeys(description: string): KeyTable<MaintenanceConfig> {
  return keyTable<MaintenanceConfig>(
    {
      allow: {
        kind: 'key',
        from: 'anyone',
        name: 'allow',
        type: list(allowed, 'players and networks'),
        default: [],
        description,
        example: ['Steve', '069a79f4-44e9-4726-a5be-fca90e38aaf5', '192.0.2.0/24'],
        reload: 'live',
      },
    },
    {
      elsewhere: {
        enabled: 'switch it on and off with "infrarust maintenance on" and "off"; it is kept over restarts',
        text: 'what players read then stands in [messages.maintenance]',
        motd: 'what the server list shows then stands in [motd.maintenance]',
      },
    },
  )
}

/** `[maintenance]`, in both files. */
export const maintenance: Feature<GatewayWithMaintenance, Omit<ServerWithMaintenance, 'id'>> = {
  gateway: keyTable<GatewayWithMaintenance>({
    maintenance: {
      kind: 'table',
      name: 'maintenance',
      description: 'Who may join servers that are in maintenance.',
      table: maintenanceKeys(
        'Players, by name or UUID, and client networks that may join every server in maintenance.',
      ),
    },
  }),
  server: keyTable<Omit<ServerWithMaintenance, 'id'>>({
    maintenance: {
      kind: 'table',
      name: 'maintenance',
      description: 'Who may join this server while it is in maintenance, beside those whom `infrarust.toml` allows.',
      table: maintenanceKeys(
        'Players, by name or UUID, and client networks that may join it while it is in maintenance.',
      ),
    },
  }),
}
