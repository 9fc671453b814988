import { type KeyTable, keyTable } from '../config/key-table.ts'
import { duration } from '../config/values/duration.ts'

/** What is undefined takes the gateway's value (`GatewayConfig`), so that a reload of that reaches every server. */
export interface ServerTimeouts {
  readonly connectMs: number | undefined
  /** From a complete Login Start to the backend's first byte, over names and all attempts. */
  readonly loginAnswerMs: number | undefined
  /** A relay that moves no byte; 0: never. */
  readonly idleMs: number | undefined
}

/** Keys of a server's `[timeouts]`. */
export const serverTimeoutKeys: KeyTable<ServerTimeouts> = keyTable<ServerTimeouts>(
  {
    connectMs: {
      kind: 'key',
      from: 'anyone',
      name: 'connect',
      type: duration({ minMs: 1 }),
      default: undefined,
      absent: '`connect_timeout` of `infrarust.toml`',
      description: 'For one attempt to connect.',
      example: '3s',
      reload: 'live',
    },
    loginAnswerMs: {
      kind: 'key',
      from: 'anyone',
      name: 'login_answer',
      type: duration({ minMs: 1, maxMs: 28_000 }),
      default: undefined,
      absent: '`[timeouts] login_answer` of `infrarust.toml`',
      description: 'From Login Start to the first byte of this server, over all its addresses.',
      example: '20s',
      reload: 'live',
    },
    idleMs: {
      kind: 'key',
      from: 'anyone',
      name: 'idle',
      type: duration(),
      default: undefined,
      absent: '`[timeouts] idle` of `infrarust.toml`',
      description: 'Ends a session in which no byte moves for so long; `"0s"` never does.',
      example: '10m',
      reload: 'live',
    },
  },
  {
    withoutEffect: {
      read: 'idle ends a session in which nothing moves',
      write: 'idle ends a session in which nothing moves',
    },
  },
)
