import { type KeyTable, keyTable } from '../config/key-table.ts'
import { choice } from '../config/values/choice.ts'
import { list } from '../config/values/list.ts'
import { integer } from '../config/values/plain.ts'
import { type Allowed, allowed } from '../players/allowed.ts'

/** `[wake]` of `infrarust.toml`: who may wake servers that sleep, and how one waits for them. */
export interface GatewayWake {
  /** Empty: whoever passes the rules. */
  readonly allow: readonly Allowed[]
  /** `hold`: kept until it is up; `kick`: told at once to come back. */
  readonly wait: 'hold' | 'kick'
  /** Wakes of one client in an hour; 0: no limit. */
  readonly perClient: number
  /** Servers that may be starting at once. */
  readonly maxStarting: number
  /** Players who may wait at once. */
  readonly maxWaiting: number
}

/** `[wake]` of a server. What is undefined takes the gateway's value. */
export interface ServerWake {
  /** On top of the gateway's. */
  readonly allow: readonly Allowed[]
  readonly wait: 'hold' | 'kick' | undefined
  readonly perClient: number | undefined
  readonly maxWaiting: number | undefined
}

/** Keys of `[wake]` in `infrarust.toml`. */
export const wakeKeys: KeyTable<GatewayWake> = keyTable<GatewayWake>({
  allow: {
    kind: 'key',
    from: 'operator',
    name: 'allow',
    type: list(allowed, 'players and networks'),
    default: [],
    absent: 'whoever may join',
    description:
      'Where there is one, only these players, by name or UUID, and client networks wake servers that sleep.',
    example: ['Steve', '192.0.2.0/24'],
    reload: 'live',
  },
  wait: {
    kind: 'key',
    from: 'operator',
    name: 'wait',
    type: choice(['hold', 'kick']),
    default: 'hold',
    description:
      'What becomes of a player while the server starts: `hold` keeps them until it is up (clients older than 1.13 for 25 seconds), `kick` tells them at once to come back.',
    example: 'kick',
    reload: 'live',
  },
  perClient: {
    kind: 'key',
    from: 'operator',
    name: 'per_client',
    type: integer({ min: 0, max: 1_000_000 }),
    default: 3,
    description:
      'How many starts one client may cause in an hour, of all servers together that have no limit of their own; 0 is no limit.',
    example: 5,
    reload: 'live',
  },
  maxStarting: {
    kind: 'key',
    from: 'operator',
    name: 'max_starting',
    type: integer({ min: 1, max: 1_000 }),
    default: 2,
    description: 'How many servers may be starting at once; the others wait in line.',
    example: 4,
    reload: 'live',
  },
  maxWaiting: {
    kind: 'key',
    from: 'operator',
    name: 'max_waiting',
    type: integer({ min: 0, max: 100_000 }),
    default: 256,
    description: 'How many players may wait for servers at once, four of one client; the others are told to come back.',
    example: 64,
    reload: 'live',
  },
})

/** Keys of `[wake]` of a server. */
export const serverWakeKeys: KeyTable<ServerWake> = keyTable<ServerWake>(
  {
    allow: {
      kind: 'key',
      from: 'anyone',
      name: 'allow',
      type: list(allowed, 'players and networks'),
      default: [],
      description: 'Players, by name or UUID, and client networks that may wake it, beside those of `infrarust.toml`.',
      example: ['Steve', '192.0.2.0/24'],
      reload: 'live',
    },
    wait: {
      kind: 'key',
      from: 'anyone',
      name: 'wait',
      type: choice(['hold', 'kick']),
      default: undefined,
      absent: '`[wake] wait` of `infrarust.toml`',
      description: 'What becomes of a player while it starts.',
      example: 'kick',
      reload: 'live',
    },
    perClient: {
      kind: 'key',
      from: 'anyone',
      name: 'per_client',
      type: integer({ min: 0, max: 1_000_000 }),
      default: undefined,
      absent: '`[wake] per_client` of `infrarust.toml`',
      description: 'How many starts of it one client may cause in an hour; 0 is no limit.',
      example: 5,
      reload: 'live',
    },
    maxWaiting: {
      kind: 'key',
      from: 'anyone',
      name: 'max_waiting',
      type: integer({ min: 0, max: 100_000 }),
      default: undefined,
      absent: '`[wake] max_waiting` of `infrarust.toml`, and never more than `max_players`',
      description: 'How many players may wait for it at once.',
      example: 20,
      reload: 'live',
    },
  },
  { elsewhere: { max_starting: 'it counts over all servers; write it in [wake] of infrarust.toml' } },
)
