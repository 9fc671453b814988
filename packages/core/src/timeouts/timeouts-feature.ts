import type { Feature } from '../config/feature.ts'
import { keyTable } from '../config/key-table.ts'
import { duration } from '../config/values/duration.ts'
import { type GatewayTimeouts, timeoutKeys } from './gateway-timeout-keys.ts'
import { type ServerTimeouts, serverTimeoutKeys } from './server-timeout-keys.ts'

/** How long connections may take. */
export interface GatewayWithTimeouts {
  /** For one attempt to dial a backend, where its server sets none. */
  readonly connectTimeoutMs: number
  readonly timeouts: GatewayTimeouts
}

/** How long connections to a server may take. */
export interface ServerWithTimeouts {
  readonly timeouts: ServerTimeouts
}

/** `connect_timeout` of the whole proxy, and `[timeouts]` in both files. */
export const timeouts: Feature<GatewayWithTimeouts, ServerWithTimeouts> = {
  gateway: keyTable<GatewayWithTimeouts>({
    connectTimeoutMs: {
      kind: 'key',
      from: 'operator',
      name: 'connect_timeout',
      type: duration({ minMs: 1 }),
      default: '5s',
      description: 'For one attempt to connect to a backend.',
      example: '3s',
      reload: 'live',
    },
    timeouts: { kind: 'table', name: 'timeouts', description: 'Deadlines of a connection.', table: timeoutKeys },
  }),
  server: keyTable<ServerWithTimeouts>(
    {
      timeouts: { kind: 'table', name: 'timeouts', description: 'Deadlines of this server.', table: serverTimeoutKeys },
    },
    { elsewhere: { connect_timeout: 'write connect in [timeouts]' } },
  ),
}
