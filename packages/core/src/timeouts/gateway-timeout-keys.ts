import { type KeyTable, keyTable } from '../config/key-table.ts'
import { duration } from '../config/values/duration.ts'

/** `[timeouts]`: how long is waited for whom, in milliseconds. */
export interface GatewayTimeouts {
  readonly handshakeMs: number
  /** From the handshake to the complete Login Start. */
  readonly loginStartMs: number
  /** From a complete Login Start to the backend's first byte, where the server sets none. */
  readonly loginAnswerMs: number
  /** All of a server list ping. */
  readonly statusMs: number
  /** A relay that moves no byte, where the server sets none; 0: never. */
  readonly idleMs: number
  /** The same once one side has ended; 0: never. */
  readonly halfClosedMs: number
}

/** Keys of `[timeouts]` in `infrarust.toml`. */
export const timeoutKeys: KeyTable<GatewayTimeouts> = keyTable<GatewayTimeouts>({
  handshakeMs: {
    kind: 'key',
    from: 'operator',
    name: 'handshake',
    type: duration({ minMs: 1 }),
    default: '10s',
    description: 'From the PROXY header (or the connection itself) to the complete handshake.',
    example: '10s',
    reload: 'live',
  },
  loginStartMs: {
    kind: 'key',
    from: 'operator',
    name: 'login_start',
    type: duration({ minMs: 1 }),
    default: '10s',
    description: 'From the handshake to the complete Login Start.',
    example: '10s',
    reload: 'live',
  },
  loginAnswerMs: {
    kind: 'key',
    from: 'operator',
    name: 'login_answer',
    // A vanilla client gives up after 30 s: an answer later than that is seen by nobody.
    type: duration({ minMs: 1, maxMs: 28_000 }),
    default: '25s',
    description: 'From Login Start to the first byte of the backend, over all addresses; then the player gets a text.',
    example: '20s',
    reload: 'live',
  },
  statusMs: {
    kind: 'key',
    from: 'operator',
    name: 'status',
    type: duration({ minMs: 1 }),
    default: '5s',
    description: 'All of a server list ping.',
    example: '5s',
    reload: 'live',
  },
  idleMs: {
    kind: 'key',
    from: 'operator',
    name: 'idle',
    type: duration(),
    default: '0s',
    description: 'Ends a session in which no byte moves for so long; `"0s"` never does.',
    example: '10m',
    reload: 'live',
  },
  halfClosedMs: {
    kind: 'key',
    from: 'operator',
    name: 'half_closed',
    type: duration(),
    default: '30s',
    description: 'The same once one side has ended; `"0s"` never does.',
    example: '30s',
    reload: 'live',
  },
})
