import { type KeyTable, keyTable } from '../config/key-table.ts'
import { duration } from '../config/values/duration.ts'
import { boolean, integer } from '../config/values/plain.ts'

/** `[keepalive]`: TCP probes on connections that say nothing. */
export interface KeepAliveConfig {
  readonly isEnabled: boolean
  /** Silence before the first probe. */
  readonly initialDelayMs: number
  /** Between probes. */
  readonly intervalMs: number
  /** Unanswered probes after which the connection is dead. */
  readonly probes: number
}

/** Keys of `[keepalive]`. */
export const keepAliveKeys: KeyTable<KeepAliveConfig> = keyTable<KeepAliveConfig>({
  isEnabled: {
    kind: 'key',
    from: 'operator',
    name: 'enabled',
    type: boolean,
    default: true,
    description: 'Whether the kernel probes silent connections, of players and of backends.',
    example: true,
    reload: 'live',
  },
  initialDelayMs: {
    kind: 'key',
    from: 'operator',
    name: 'time',
    type: duration({ minMs: 1_000 }),
    default: '30s',
    description: 'Silence before the first probe.',
    example: '30s',
    reload: 'live',
  },
  intervalMs: {
    kind: 'key',
    from: 'operator',
    name: 'interval',
    type: duration({ minMs: 1_000 }),
    default: '10s',
    description: 'Time between probes.',
    example: '10s',
    reload: 'live',
  },
  probes: {
    kind: 'key',
    from: 'operator',
    name: 'retries',
    // The kernel's own bound (TCP_KEEPCNT).
    type: integer({ min: 1, max: 127 }),
    default: 3,
    description: 'Probes without an answer after which a connection is dead.',
    example: 3,
    reload: 'live',
  },
})
