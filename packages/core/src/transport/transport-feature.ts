import type { Feature } from '../config/feature.ts'
import { keyTable, NO_KEYS } from '../config/key-table.ts'
import { type KeepAliveConfig, keepAliveKeys } from './keep-alive-keys.ts'
import { type TransportConfig, transportKeys } from './transport-keys.ts'

/** How bytes are moved. */
export interface GatewayTransport {
  readonly keepAlive: KeepAliveConfig
  readonly transport: TransportConfig
}

/** `[keepalive]` and `[transport]` of `infrarust.toml`. */
export const transport: Feature<GatewayTransport, unknown> = {
  gateway: keyTable<GatewayTransport>(
    {
      keepAlive: { kind: 'table', name: 'keepalive', description: 'TCP keep-alive.', table: keepAliveKeys },
      transport: { kind: 'table', name: 'transport', description: 'How bytes are moved.', table: transportKeys },
    },
    {
      withoutEffect: {
        worker_threads: 'threads are set in [transport]',
        so_reuseport: 'a second process on the same port would take half of the players unseen',
      },
    },
  ),
  server: NO_KEYS,
}
